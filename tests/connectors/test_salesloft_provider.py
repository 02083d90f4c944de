"""Salesloft's contract, by developers.salesloft.com (OAuth authentication, current user)."""

from gateway.testing import ConnectorContract, documented

ME = "api.salesloft.com/v2/me"
TOKENS = {"token_type": "Bearer", "expires_in": 7200, "scope": "people:read", "created_at": 1}


class TestSalesloft(ConnectorContract):
    connector = "salesloft"
    scopes = ()
    exchange = documented({**TOKENS, "access_token": "FAKE", "refresh_token": "rFAKE"})
    refresh = documented({**TOKENS, "access_token": "NEW", "refresh_token": "rNEW"})
    accounts = {
        ("7", "ana@acme.example"): {
            ME: {"data": {"id": 7, "name": "Ana Diaz", "email": "ana@acme.example"}}
        },
        ("7", "Ana Diaz"): {ME: {"data": {"id": 7, "name": "Ana Diaz"}}},
        ("7", "7"): {ME: {"data": {"id": 7}}},
    }
