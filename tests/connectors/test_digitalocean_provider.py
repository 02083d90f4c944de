"""DigitalOcean's contract, by docs.digitalocean.com/reference/api (OAuth API, account)."""

from gateway.testing import ConnectorContract, documented

ACCOUNT = "api.digitalocean.com/v2/account"
TOKENS = {
    "token_type": "bearer",
    "expires_in": 2592000,
    "scope": "read",
    "info": {"uuid": "u1", "email": "ana@acme.example", "team_uuid": "t1", "team_name": "Acme"},
}
ANA = {"uuid": "u1", "email": "ana@acme.example", "status": "active"}


class TestDigitalOcean(ConnectorContract):
    connector = "digitalocean"
    scopes = ("read",)
    exchange = documented({**TOKENS, "access_token": "doo_v1_FAKE", "refresh_token": "dor_v1_FAKE"})
    refresh = documented({**TOKENS, "access_token": "doo_v1_NEW", "refresh_token": "dor_v1_NEW"})
    accounts = {
        ("t1:u1", "ana@acme.example (Acme)"): {
            ACCOUNT: {"account": {**ANA, "team": {"uuid": "t1", "name": "Acme"}}}
        },
        ("u1", "ana@acme.example"): {ACCOUNT: {"account": ANA}},
        ("u1", "u1"): {ACCOUNT: {"account": {"uuid": "u1"}}},
    }
