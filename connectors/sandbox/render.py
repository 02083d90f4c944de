"""Render, by api-docs.render.com (authentication, list workspaces)."""

from connectors.sandbox import Refusal, key_provider

PROVIDER = key_provider(
    "render",
    title="Render",
    keys={
        "ana": {"key": "rnd_Ana1AbCdEf0123456789ABCDEFGH"},
        "ben": {"key": "rnd_Ben2AbCdEf9876543210ABCDEFGH"},
    },
    headers={"authorization": "Bearer {key}"},
    refusal=Refusal(401, {"message": "Unauthorized"}),
    api={"/owners": lambda call: []},
    api_base="api.render.com/v1",
)
