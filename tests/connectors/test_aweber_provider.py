"""AWeber's contract, by api.aweber.com (OAuth 2.0 reference, accounts)."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "api.aweber.com/1.0/accounts"
TOKENS = {
    "token_type": "bearer",
    "expires_in": 7200,
    "scope": "account.read list.read subscriber.read",
}


class TestAWeber(ConnectorContract):
    connector = "aweber"
    scopes = ("account.read", "list.read", "subscriber.read")
    exchange = documented({**TOKENS, "access_token": "at_FAKE", "refresh_token": "rt_FAKE"})
    refresh = documented({**TOKENS, "access_token": "at_NEW", "refresh_token": "rt_NEW"})
    accounts = {
        ("5", "Acme"): {ME: {"entries": [{"id": 5, "company": "Acme"}]}},
        ("5", "5"): {ME: {"entries": [{"id": 5, "company": None}]}},
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)
