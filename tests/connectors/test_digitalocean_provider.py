"""DigitalOcean's contract, by docs.digitalocean.com/reference/api/oauth."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ACCOUNT = "api.digitalocean.com/v2/account"
ANA = {"uuid": "b6fr", "email": "ana@acme.example", "name": "Ana Diaz"}
TOKENS = {"token_type": "bearer", "expires_in": 2592000, "scope": "read"}


class TestDigitalOcean(ConnectorContract):
    connector = "digitalocean"
    scopes = ("read",)
    exchange = documented({**TOKENS, "access_token": "at_FAKE", "refresh_token": "rt_FAKE"})
    refresh = documented({**TOKENS, "access_token": "at_NEW", "refresh_token": "rt_NEW"})
    accounts = {
        ("t1:b6fr", "ana@acme.example"): {
            ACCOUNT: {"account": {**ANA, "team": {"uuid": "t1", "name": "Acme"}}}
        },
        ("b6fr", "Ana Diaz"): {ACCOUNT: {"account": {"uuid": "b6fr", "name": "Ana Diaz"}}},
        ("b6fr", "b6fr"): {ACCOUNT: {"account": {"uuid": "b6fr"}}},
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)
