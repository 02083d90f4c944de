"""Mollie's contract. Sources: docs.mollie.com/reference/oauth-generate-tokens, …/organizations."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "api.mollie.com/v2/organizations/me"
TOKENS = {"expires_in": 3600, "token_type": "bearer", "scope": "organizations.read payments.read"}


class TestMollie(ConnectorContract):
    connector = "mollie"
    scopes = ("organizations.read", "payments.read")
    exchange = documented({**TOKENS, "access_token": "access_FAKE", "refresh_token": "ref_FAKE"})
    refresh = documented({**TOKENS, "access_token": "access_NEW", "refresh_token": "ref_NEW"})
    accounts = {
        ("org_1", "Acme"): {ME: {"id": "org_1", "name": "Acme", "email": "ana@acme.example"}},
        ("org_1", "ana@acme.example"): {ME: {"id": "org_1", "email": "ana@acme.example"}},
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected, on_refresh=True),)
