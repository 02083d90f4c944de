"""Capsule's contract, by developer.capsulecrm.com and its OpenID metadata."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "api.capsulecrm.com/oauth/userinfo"
TOKENS = {"token_type": "Bearer", "expires_in": 604799, "scope": "openid profile email read"}


class TestCapsule(ConnectorContract):
    connector = "capsule"
    scopes = ("openid", "profile", "email", "read")
    exchange = documented({**TOKENS, "access_token": "at_FAKE", "refresh_token": "rt_FAKE"})
    refresh = documented({**TOKENS, "access_token": "at_NEW", "refresh_token": "rt_NEW"})
    accounts = {
        ("acme:1", "ana@acme.example"): {
            ME: {"sub": "1", "tenant": "acme", "name": "Ana Diaz", "email": "ana@acme.example"}
        },
        ("1", "Ana Diaz"): {ME: {"sub": "1", "name": "Ana Diaz"}},
        ("1", "1"): {ME: {"sub": "1"}},
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)
