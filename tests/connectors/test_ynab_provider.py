"""YNAB's contract, by api.ynab.com (OAuth applications, user)."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "api.ynab.com/v1/user"
TOKENS = {"token_type": "bearer", "expires_in": 7200}


class TestYNAB(ConnectorContract):
    connector = "ynab"
    scopes = ("read-only",)
    exchange = documented({**TOKENS, "access_token": "at_FAKE", "refresh_token": "rt_FAKE"})
    refresh = documented({**TOKENS, "access_token": "at_NEW", "refresh_token": "rt_NEW"})
    accounts = {("6ba7", "YNAB 6ba7"): {ME: {"data": {"user": {"id": "6ba7"}}}}}
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)
