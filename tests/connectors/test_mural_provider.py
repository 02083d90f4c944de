"""Mural's contract, by developers.mural.co/public: OAuth, get current user."""

from gateway.testing import ConnectorContract, documented

ME = "app.mural.co/api/public/v1/users/me"
ANA = {"id": "u0a1b2c3d", "firstName": "Ana", "lastName": "Diaz"}
SCOPES = ("identity:read", "workspaces:read", "murals:read")
TOKEN = {"token_type": "Bearer", "expires_in": 900, "scope": " ".join(SCOPES)}


class TestMural(ConnectorContract):
    connector = "mural"
    scopes = SCOPES
    exchange = documented({**TOKEN, "access_token": "muFAKE", "refresh_token": "murFAKE"})
    refresh = documented({**TOKEN, "access_token": "muNEW", "refresh_token": "murNEW"})
    accounts = {
        ("u0a1b2c3d", "ana@acme.example"): {ME: {"value": {**ANA, "email": "ana@acme.example"}}},
        ("u0a1b2c3d", "Ana"): {ME: {"value": ANA}},
    }
