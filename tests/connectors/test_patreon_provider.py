"""Patreon's contract, by docs.patreon.com (OAuth, identity)."""

from gateway.testing import ConnectorContract, documented

ME = "www.patreon.com/api/oauth2/v2/identity"
TOKENS = {"expires_in": 2678400, "scope": "identity campaigns", "token_type": "Bearer"}
ANA = {"type": "user", "id": "12345678"}


class TestPatreon(ConnectorContract):
    connector = "patreon"
    scopes = ("identity", "campaigns")
    exchange = documented({**TOKENS, "access_token": "FAKE", "refresh_token": "rFAKE"})
    refresh = documented({**TOKENS, "access_token": "NEW", "refresh_token": "rNEW"})
    accounts = {
        ("12345678", "Ana Diaz"): {ME: {"data": {**ANA, "attributes": {"full_name": "Ana Diaz"}}}},
        ("12345678", "12345678"): {ME: {"data": {**ANA, "attributes": {}}}},
    }
