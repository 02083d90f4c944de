"""Miro's contract. Source: developers.miro.com, "Get started with OAuth 2.0 and Miro"."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

CONTEXT = "api.miro.com/v1/oauth-token"
TOKENS = {
    "token_type": "bearer",
    "team_id": 3074457358607431473,
    "user_id": 3074457345909763782,
    "scope": "boards:read",
    "expires_in": 3599,
}
USER = {"type": "user", "id": "3074457345909763782", "name": "Ana Diaz"}
TEAM = {"type": "team", "id": "3074457358607431473"}
ID = "3074457358607431473:3074457345909763782"


class TestMiro(ConnectorContract):
    connector = "miro"
    scopes = ()
    exchange = documented({**TOKENS, "access_token": "eyJFAKE", "refresh_token": "eyJFAKEr"})
    refresh = documented({**TOKENS, "access_token": "eyJNEW", "refresh_token": "eyJNEWr"})
    accounts = {
        (ID, "Acme"): {CONTEXT: {"user": USER, "team": {**TEAM, "name": "Acme"}}},
        (ID, "Ana Diaz"): {CONTEXT: {"user": USER, "team": TEAM}},
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected, on_refresh=True),)
