"""WHOOP's contract. Sources: developer.whoop.com/docs/developing/oauth, …/api."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "api.prod.whoop.com/developer/v2/user/profile/basic"
SCOPES = ("read:profile", "read:recovery", "offline")
TOKENS = {"expires_in": 3600, "scope": "offline read:profile", "token_type": "bearer"}
ANA = {"user_id": 10129, "first_name": "Ana", "last_name": "Diaz"}


class TestWhoop(ConnectorContract):
    connector = "whoop"
    scopes = SCOPES
    exchange = documented({**TOKENS, "access_token": "wFAKE", "refresh_token": "rFAKE"})
    refresh = documented({**TOKENS, "access_token": "wNEW", "refresh_token": "rNEW"})
    accounts = {
        ("10129", "ana@acme.example"): {ME: {**ANA, "email": "ana@acme.example"}},
        ("10129", "Ana"): {ME: ANA},
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected, on_refresh=True),)
