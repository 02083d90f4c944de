"""Coinbase's contract, by docs.cdp.coinbase.com/coinbase-app (OAuth2, user)."""

from gateway.testing import ConnectorContract, documented

ME = "api.coinbase.com/v2/user"
TOKENS = {
    "token_type": "bearer",
    "expires_in": 3600,
    "scope": "wallet:user:read wallet:accounts:read offline_access",
}


class TestCoinbase(ConnectorContract):
    connector = "coinbase"
    scopes = ("wallet:user:read", "wallet:accounts:read", "offline_access")
    exchange = documented({**TOKENS, "access_token": "6915FAKE", "refresh_token": "73a3FAKE"})
    refresh = documented({**TOKENS, "access_token": "6915NEW", "refresh_token": "73a3NEW"})
    accounts = {
        ("9da7", "ana@acme.example"): {
            ME: {"data": {"id": "9da7", "name": "Ana Diaz", "email": "ana@acme.example"}}
        },
        ("9da7", "Ana Diaz"): {ME: {"data": {"id": "9da7", "name": "Ana Diaz"}}},
        ("9da7", "9da7"): {ME: {"data": {"id": "9da7"}}},
    }
