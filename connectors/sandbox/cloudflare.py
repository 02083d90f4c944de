"""Cloudflare, by developers.cloudflare.com (create a token, verify token, errors)."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "cloudflare",
    title="Cloudflare",
    keys={
        "ana": {"key": "Sandbox1Ana0123456789ABCDEFGHIJabcdefghij"},
        "ben": {"key": "Sandbox2Ben_9876543210-ABCDEFGHIJabcdefgh"},
    },
    headers={"authorization": "Bearer {key}"},
    refusal=Refusal(
        401,
        {
            "success": False,
            "errors": [{"code": 1000, "message": "Invalid API Token"}],
            "messages": [],
            "result": None,
        },
    ),
    api={"/user/tokens/verify": facts("success", "result")},
    api_base="api.cloudflare.com/client/v4",
    facts={
        "ana": {
            "success": True,
            "result": {"id": "ed17574386854bf78a67040be0a770b0", "status": "active"},
        },
        "ben": {
            "success": True,
            "result": {"id": "fe28685497965ca89b78151cf1b881c1", "status": "active"},
        },
    },
)
