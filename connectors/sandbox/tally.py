"""Tally, by developers.tally.so (authentication, fetch user info)."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "tally",
    title="Tally",
    keys={
        "ana": {"key": "tly-Sandbox1Ana0123456789ABCDEFGHIJa"},
        "ben": {"key": "tly-Sandbox2Ben9876543210ABCDEFGHIJb"},
    },
    headers={"authorization": "Bearer {key}"},
    refusal=Refusal(401, {"message": "Unauthorized"}),
    api={"/users/me": facts("id", "fullName", "email")},
    api_base="api.tally.so",
    facts={
        "ana": {"id": "mAna01", "fullName": "Ana Diaz", "email": "ana@acme.example"},
        "ben": {"id": "mBen02", "fullName": None, "email": "ben@globex.example"},
    },
)
