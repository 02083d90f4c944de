"""Clio's contract. Sources: docs.developers.clio.com/api-docs/authorization, …/api-reference."""

from gateway.errors import ProviderMisconfigured, TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "app.clio.com/api/v4/users/who_am_i"
TOKENS = {"token_type": "bearer", "expires_in": 2592000}


class TestClio(ConnectorContract):
    connector = "clio"
    scopes = ()
    exchange = documented({**TOKENS, "access_token": "WjR8FAKE", "refresh_token": "a5FAKE"})
    refresh = documented({**TOKENS, "access_token": "WjR8NEW"})
    accounts = {
        ("12", "Ana Diaz"): {ME: {"data": {"id": 12, "etag": '"1"', "name": "Ana Diaz"}}},
        ("12", "12"): {ME: {"data": {"id": 12, "name": None}}},
    }
    refusals = (
        ErrorSample(401, {"error": "invalid_client"}, ProviderMisconfigured),
        ErrorSample(400, {"error": "invalid_grant"}, TokenRejected, on_refresh=True),
    )
