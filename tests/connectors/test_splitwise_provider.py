"""Splitwise's contract, by dev.splitwise.com (authentication, get_current_user)."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "secure.splitwise.com/api/v3.0/get_current_user"
TOKENS = {"token_type": "bearer"}


class TestSplitwise(ConnectorContract):
    connector = "splitwise"
    scopes = ()
    exchange = documented({**TOKENS, "access_token": "at_FAKE"})
    accounts = {
        ("1", "ana@acme.example"): {
            ME: {"user": {"id": 1, "first_name": "Ana", "email": "ana@acme.example"}}
        },
        ("1", "Ana"): {ME: {"user": {"id": 1, "first_name": "Ana"}}},
        ("1", "1"): {ME: {"user": {"id": 1}}},
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)
