"""Harvest's contract, by help.getharvest.com/api-v2 (authentication, accounts)."""

from gateway.testing import AccountSample, ConnectorContract, documented

ACCOUNTS = "id.getharvest.com/api/v2/accounts"
TOKENS = {"token_type": "bearer", "expires_in": 1209600}
ANA = {"id": 1, "first_name": "Ana", "last_name": "Diaz", "email": "ana@acme.example"}
ACME = {"id": 999, "product": "harvest"}
KEPT = {"account_id": 999}


class TestHarvest(ConnectorContract):
    connector = "harvest"
    scopes = ()
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
