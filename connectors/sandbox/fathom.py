"""Fathom, by developers.fathom.ai (authentication, list teams)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "fathom",
    title="Fathom",
    keys={
        "ana": {"key": "Sandbox1Ana0123456789.ABCDEFGHIJabcdefghij"},
        "ben": {"key": "Sandbox2Ben9876543210.ABCDEFGHIJabcdefghij"},
    },
    headers={"x-api-key": "{key}"},
    refusal=Refusal(401, {"error": "Unauthorized"}),
    api={"/teams": lambda call: {"items": [], "limit": 25, "next_cursor": None}},
    api_base="api.fathom.ai/external/v1",
)
