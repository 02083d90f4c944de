"""Together AI, by docs.together.ai/reference (models, errors) and its own client."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "together",
    title="Together AI",
    headers={"authorization": "Bearer {key}"},
    keys={
        "acme": {"key": "tgp_v1_SandboxAcme-0123456789abcdefghij0123"},
        "globex": {"key": "tgp_v1_SandboxGlobex_9876543210abcdefghij01"},
    },
    refusal=Refusal(
        401,
        {
            "id": "sandbox-1",
            "error": {
                "message": "Invalid API key provided.",
                "type": "invalid_request_error",
                "param": None,
                "code": "invalid_api_key",
            },
        },
    ),
    api_base="api.together.ai/v1",
    api={"/models": lambda call: []},
)
