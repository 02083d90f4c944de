"""Mux, by mux.com/docs (make API requests, the answer of whoami, errors)."""

from connectors.sandbox import Refusal, facts, key_provider


def _token(number: int, organization: str, environment: str) -> dict[str, object]:
    return {
        "data": {
            "organization_id": f"org{number}",
            "organization_name": organization,
            "environment_id": f"env{number}",
            "environment_name": environment,
            "environment_type": environment.lower(),
            "access_token_name": "Gateway",
            "permissions": ["video:read", "video:write"],
        }
    }


PROVIDER = key_provider(
    "mux",
    title="Mux",
    keys={
        name: {
            "token_id": f"{number}ea0b2c4-5d6e-4f70-8192-a3b4c5d6e7f8",
            "token_secret": f"Sandbox{name}0123456789abcdefghij+/0123456789",
        }
        for number, name in ((1, "ana"), (2, "ben"))
    },
    basic=("{token_id}", "{token_secret}"),
    refusal=Refusal(401, {"error": {"type": "unauthorized", "messages": ["Unauthorized request"]}}),
    api={"/system/v1/whoami": facts("data")},
    api_base="api.mux.com",
    facts={"ana": _token(1, "Acme", "Production"), "ben": _token(2, "Globex", "Development")},
)
