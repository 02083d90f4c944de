"""Wise, by docs.wise.com (personal API tokens, environments, GET /v1/me: its OpenAPI document)."""

from connectors.sandbox import Refusal, facts, key_provider

_HOSTS = "{live=api.wise.com|sandbox=api.wise-sandbox.com}"

PROVIDER = key_provider(
    "wise",
    title="Wise",
    headers={"authorization": "Bearer {key}"},
    keys={
        "ana": {"environment": "live", "key": "aaaaaaaa-1111-4000-8000-00000000000a"},
        "ben": {"environment": "sandbox", "key": "bbbbbbbb-2222-4000-8000-00000000000b"},
    },
    refusal=Refusal(401, {"error": "unauthorized", "error_description": "…"}),
    api={"/v1/me": facts("id", "name", "email", "active")},
    api_base=_HOSTS,
    facts={
        "ana": {"id": 9889627, "name": "Ana Diaz", "email": "ana@acme.example", "active": True},
        "ben": {"id": 9889628, "name": None, "email": "ben@globex.example", "active": True},
    },
)
