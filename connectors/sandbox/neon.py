"""Neon, by api-docs.neon.tech (authentication, current user)."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "neon",
    title="Neon",
    keys={
        "ana": {"key": "napi_1a0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnop"},
        "ben": {"key": "2b0123456789abcdefghijklmnopqrstuvwxyz9876543210abcdefghijklmnop"},
    },
    headers={"authorization": "Bearer {key}"},
    refusal=Refusal(
        401, {"code": "", "message": "supplied credentials do not pass authentication"}
    ),
    api={"/users/me": facts("id", "email", "name")},
    api_base="console.neon.tech/api/v2",
    facts={
        "ana": {
            "id": "1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809",
            "email": "ana@acme.example",
            "name": "Ana Diaz",
        },
        "ben": {
            "id": "2b3c4d5e-6f70-4192-a3b4-c5d6e7f8091a",
            "email": "ben@globex.example",
            "name": "Ben Okoro",
        },
    },
)
