"""Mint's own side, invented."""

from connectors.sandbox import ExchangeRules, Place, Refusal, facts, key_provider

PROVIDER = key_provider(
    "mint",
    title="Mint",
    headers={"x-mint-token": "{access_token}"},
    query={"app": "{client_id}"},
    keys={
        "ana": {"client_id": "app-0101", "client_secret": "ms_5d0c7e91f4a2b836"},
        "ben": {"client_id": "app-0202", "client_secret": "ms_84b1e6f02c9d57a3"},
    },
    refusal=Refusal(401, {"error": "expired"}),
    exchange=ExchangeRules(
        address="auth.mint.example/token",
        place=Place(
            basic=("{client_id}", "{client_secret}"), body={"grant_type": "client_credentials"}
        ),
        seconds=1800,
        answer=lambda issued: {"data": {"token": issued.access_token, "ttl": issued.expires_in}},
        refusal=Refusal(400, {"error": "invalid_client"}),
    ),
    facts={"ana": {"id": "m1", "name": "Ana"}, "ben": {"id": "m2", "name": "Ben"}},
    api_base="api.mint.example/v2",
    api={"/me": facts("id", "name")},
)
