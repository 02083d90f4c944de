"""Zendesk Sell's contract, by developer.zendesk.com/api-reference/sales-crm."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "api.getbase.com/v2/users/self"
TOKENS = {"token_type": "bearer", "expires_in": 86400, "scope": "read profile"}


class TestZendeskSell(ConnectorContract):
    connector = "zendesk-sell"
    scopes = ("read", "profile")
    exchange = documented({**TOKENS, "access_token": "at_FAKE", "refresh_token": "rt_FAKE"})
    refresh = documented({**TOKENS, "access_token": "at_NEW", "refresh_token": "rt_NEW"})
    accounts = {
        ("1", "ana@acme.example"): {
            ME: {"data": {"id": 1, "name": "Ana Diaz", "email": "ana@acme.example"}}
        },
        ("1", "Ana Diaz"): {ME: {"data": {"id": 1, "name": "Ana Diaz"}}},
        ("1", "1"): {ME: {"data": {"id": 1}}},
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)
