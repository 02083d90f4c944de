"""Typeform's contract. Sources: typeform.com/developers/get-started/applications, …/create."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "api.typeform.com/me"
ANA = {"user_id": "01FAKE", "alias": "Ana Diaz", "language": "en"}
TOKENS = {"expires_in": 604800, "token_type": "bearer"}


class TestTypeform(ConnectorContract):
    connector = "typeform"
    scopes = ("accounts:read", "forms:read", "offline")
    exchange = documented({**TOKENS, "access_token": "tfFAKE", "refresh_token": "trFAKE"})
    refresh = documented({**TOKENS, "access_token": "tfNEW", "refresh_token": "trNEW"})
    accounts = {
        ("01FAKE", "ana@acme.example"): {ME: {**ANA, "email": "ana@acme.example"}},
        ("01FAKE", "Ana Diaz"): {ME: ANA},
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected, on_refresh=True),)
