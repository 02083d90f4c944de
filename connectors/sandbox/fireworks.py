"""Fireworks AI, by docs.fireworks.ai/api-reference (list accounts, errors) and its own client."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "fireworks",
    title="Fireworks AI",
    headers={"authorization": "Bearer {key}"},
    keys={
        "ana": {"key": "fw_SandboxAna0123456789abcd"},
        "ben": {"key": "fw_SandboxBen9876543210abcd"},
    },
    refusal=Refusal(
        401,
        {
            "error": {
                "message": "The API key you provided is invalid.",
                "code": "UNAUTHORIZED",
                "type": "error",
            }
        },
    ),
    api_base="api.fireworks.ai/inference/v1",
    api={
        "/models": lambda call: {"object": "list", "data": []},
        "api.fireworks.ai/v1/accounts": facts("accounts", "totalSize"),
    },
    facts={
        key: {
            "accounts": [
                {
                    "name": f"accounts/{key}",
                    "displayName": name,
                    "email": f"{key}@acme.example",
                    "state": "READY",
                }
            ],
            "totalSize": 1,
        }
        for key, name in (("ana", "Ana Diaz"), ("ben", "Ben Okoro"))
    },
)
