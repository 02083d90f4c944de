"""Mapbox, by docs.mapbox.com/api/accounts/tokens (token format, retrieve a token)."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "mapbox",
    title="Mapbox",
    keys={
        "ana": {"key": "sk.eyJ1IjoiYW5hIn0.Sandbox1Ana0123456789"},
        "ben": {"key": "pk.eyJ1IjoiYmVuIn0.Sandbox2Ben9876543210"},
    },
    query={"access_token": "{key}"},
    refusal=Refusal(200, {"code": "TokenInvalid"}),
    api={"/tokens/v2": facts("code", "token")},
    api_base="api.mapbox.com",
    facts={
        "ana": {"code": "TokenValid", "token": {"usage": "sk", "user": "anadiaz"}},
        "ben": {"code": "TokenValid", "token": {"usage": "pk", "user": "benokoro"}},
    },
)
