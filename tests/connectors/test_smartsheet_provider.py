"""Smartsheet's contract. Source: developers.smartsheet.com, OAuth and users."""

from gateway.errors import ProviderMisconfigured, TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "api.smartsheet.com/2.0/users/me"
TOKENS = {"token_type": "bearer", "expires_in": 604799}
ANA = {"id": 48569348493401200, "firstName": "Ana", "lastName": "Diaz", "locale": "en_US"}


class TestSmartsheet(ConnectorContract):
    connector = "smartsheet"
    scopes = ("READ_SHEETS",)
    exchange = documented({**TOKENS, "access_token": "5s6FAKE", "refresh_token": "6juFAKE"})
    refresh = documented({**TOKENS, "access_token": "5s6NEW", "refresh_token": "6juNEW"})
    accounts = {
        ("48569348493401200", "ana@acme.example"): {ME: {**ANA, "email": "ana@acme.example"}},
        ("48569348493401200", "Ana"): {ME: ANA},
    }
    refusals = (
        ErrorSample(400, {"error": "invalid_client"}, ProviderMisconfigured),
        ErrorSample(400, {"error": "invalid_grant"}, TokenRejected, on_refresh=True),
    )
