<<<<<<< HEAD
"""Harvest's contract, by help.getharvest.com/api-v2 (authentication, accounts)."""

from gateway.testing import AccountSample, ConnectorContract, documented

ACCOUNTS = "id.getharvest.com/api/v2/accounts"
TOKENS = {"token_type": "bearer", "expires_in": 1209600}
ANA = {"id": 1, "first_name": "Ana", "last_name": "Diaz", "email": "ana@acme.example"}
ACME = {"id": 999, "product": "harvest"}
KEPT = {"account_id": 999}
=======
"""Harvest's contract, by help.getharvest.com/api-v2 (authentication)."""

from gateway.errors import TokenRejected
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, documented

ME = "id.getharvest.com/api/v2/accounts"
KEPT = {"account_id": 5}
LIST = [{"id": 4, "product": "forecast"}, {"id": 5, "name": "Acme", "product": "harvest"}]
TOKENS = {"token_type": "bearer", "expires_in": 1209599}
>>>>>>> 9c560c34 (Describe DigitalOcean, WordPress.com, Close, Salesloft, Patreon, Harvest)


class TestHarvest(ConnectorContract):
    connector = "harvest"
    scopes = ()
<<<<<<< HEAD
    exchange = documented({**TOKENS, "access_token": "FAKE", "refresh_token": "rFAKE"})
    refresh = documented({**TOKENS, "access_token": "NEW", "refresh_token": "rNEW"})
    accounts = {
        ("999:1", "ana@acme.example (Acme)"): AccountSample(
            {ACCOUNTS: {"user": ANA, "accounts": [{**ACME, "name": "Acme"}]}}, KEPT
        ),
        ("999:1", "ana@acme.example"): AccountSample(
            {ACCOUNTS: {"user": ANA, "accounts": [ACME]}}, KEPT
        ),
        ("999:1", "999:1"): AccountSample(
            {ACCOUNTS: {"user": {"id": 1}, "accounts": [ACME]}}, KEPT
        ),
    }
=======
    exchange = documented({**TOKENS, "access_token": "at_FAKE", "refresh_token": "rt_FAKE"})
    refresh = documented({**TOKENS, "access_token": "at_NEW", "refresh_token": "rt_NEW"})
    accounts = {
        ("1", "ana@acme.example"): AccountSample(
            {
                ME: {
                    "user": {"id": 1, "first_name": "Ana", "email": "ana@acme.example"},
                    "accounts": LIST,
                }
            },
            KEPT,
        ),
        ("1", "Ana"): AccountSample(
            {ME: {"user": {"id": 1, "first_name": "Ana"}, "accounts": LIST}}, KEPT
        ),
        ("1", "1"): AccountSample({ME: {"user": {"id": 1}, "accounts": LIST}}, KEPT),
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)
>>>>>>> 9c560c34 (Describe DigitalOcean, WordPress.com, Close, Salesloft, Patreon, Harvest)
