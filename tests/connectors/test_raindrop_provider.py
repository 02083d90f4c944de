"""Raindrop.io's contract, by developer.raindrop.io (obtain access token, authenticated user)."""

from gateway.testing import ConnectorContract, documented

USER = "api.raindrop.io/rest/v1/user"
TOKENS = {"expires": 1209599977, "expires_in": 1209599, "token_type": "Bearer"}


class TestRaindrop(ConnectorContract):
    connector = "raindrop"
    scopes = ()
    exchange = documented({**TOKENS, "access_token": "ae2FAKE", "refresh_token": "c8eFAKE"})
    refresh = documented({**TOKENS, "access_token": "ae2NEW", "refresh_token": "c8eNEW"})
    accounts = {
        ("32", "ana@acme.example"): {
            USER: {"result": True, "user": {"_id": 32, "email": "ana@acme.example"}}
        },
        ("32", "Ana Diaz"): {USER: {"result": True, "user": {"_id": 32, "fullName": "Ana Diaz"}}},
        ("32", "32"): {USER: {"result": True, "user": {"_id": 32}}},
    }
