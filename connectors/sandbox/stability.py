"""Stability AI, by platform.stability.ai/docs/api-reference (user account, balance, errors)."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "stability",
    title="Stability AI",
    headers={"authorization": "Bearer {key}"},
    keys={
        "ana": {"key": "sk-SandboxAna0123456789abcdefghijABCDEFGHIJ0123456789"},
        "ben": {"key": "sk-SandboxBen9876543210abcdefghijABCDEFGHIJ0123456789"},
    },
    refusal=Refusal(
        401, {"id": "1", "name": "unauthorized", "message": "missing authorization header"}
    ),
    api_base="api.stability.ai",
    api={"/v1/user/account": facts("id", "email", "organizations", "profile_picture")},
    facts={
        key: {
            "id": f"user-{key}",
            "email": f"{key}@acme.example",
            "organizations": [{"id": f"org-{key}", "name": "Acme", "role": "MEMBER"}],
            "profile_picture": "https://api.stability.ai/example.png",
        }
        for key in ("ana", "ben")
    },
)
