"""Procore's contract. Source: developers.procore.com/documentation/oauth-endpoints."""

from gateway.errors import ProviderMisconfigured, TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "api.procore.com/rest/v1.0/me"
TOKENS = {"token_type": "Bearer", "expires_in": 5400, "created_at": 1508171813}


class TestProcore(ConnectorContract):
    connector = "procore"
    scopes = ()
    exchange = documented({**TOKENS, "access_token": "eyJFAKE", "refresh_token": "76baFAKE"})
    refresh = documented({**TOKENS, "access_token": "eyJNEW", "refresh_token": "76baNEW"})
    accounts = {
        ("12", "ana@acme.example"): {ME: {"id": 12, "login": "ana@acme.example", "name": "Ana"}},
        ("12", "Ana"): {ME: {"id": 12, "name": "Ana"}},
    }
    refusals = (
        ErrorSample(401, {"error": "invalid_client"}, ProviderMisconfigured),
        ErrorSample(401, {"error": "invalid_grant"}, TokenRejected, on_refresh=True),
    )
