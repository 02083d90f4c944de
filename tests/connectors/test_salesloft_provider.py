"""Salesloft's contract, by developers.salesloft.com (OAuth authentication, current user)."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "api.salesloft.com/v2/me"
TOKENS = {"token_type": "Bearer", "expires_in": 7200}


class TestSalesloft(ConnectorContract):
    connector = "salesloft"
    scopes = ()
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
