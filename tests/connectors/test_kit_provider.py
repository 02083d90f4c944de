"""Kit's contract, by developers.kit.com (OAuth, account)."""

from gateway.testing import ConnectorContract, documented

ACCOUNT = "api.kit.com/v4/account"
TOKENS = {"token_type": "Bearer", "expires_in": 7200, "scope": "public", "created_at": 1710271006}
ACME = {"id": 59, "plan_type": "creator", "primary_email_address": "ana@acme.example"}


class TestKit(ConnectorContract):
    connector = "kit"
    scopes = ()
    exchange = documented({**TOKENS, "access_token": "FAKE", "refresh_token": "rFAKE"})
    refresh = documented({**TOKENS, "access_token": "NEW", "refresh_token": "rNEW"})
    accounts = {
        ("59", "Acme"): {ACCOUNT: {"account": {**ACME, "name": "Acme"}}},
        ("59", "ana@acme.example"): {ACCOUNT: {"account": ACME}},
        ("59", "59"): {ACCOUNT: {"account": {"id": 59}}},
    }
