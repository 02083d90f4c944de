"""incident.io, by docs.incident.io (making requests, identity, errors)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "incident-io",
    title="incident.io",
    keys={
        "ana": {"key": "inc_1a2b3c4d5e6f708192a3b4c5d6e7f809c3d44d5e6f708192a3b4c5d6e7f8091a"},
        "ben": {"key": "inc_2b3c4d5e6f708192a3b4c5d6e7f8091ad4e53c4d5e6f708192a3b4c5d6e7f809"},
    },
    headers={"authorization": "Bearer {key}"},
    refusal=Refusal(
        401,
        {
            "type": "authentication_error",
            "status": 401,
            "errors": [{"code": "invalid_api_key", "message": "…"}],
        },
    ),
    api={"/v1/identity": lambda call: {"identity": {"name": "Gateway", "roles": ["viewer"]}}},
    api_base="api.incident.io",
)
