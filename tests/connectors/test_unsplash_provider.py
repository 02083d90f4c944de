"""Unsplash's contract. Source: unsplash.com/documentation."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "api.unsplash.com/me"
ANA = {"id": "pXhwFAKE", "first_name": "Ana", "email": "ana@acme.example"}


class TestUnsplash(ConnectorContract):
    connector = "unsplash"
    scopes = ("public", "read_user")
    exchange = documented(
        {
            "access_token": "0913FAKE",
            "token_type": "bearer",
            "scope": "public read_photos write_photos",
            "created_at": 1436544465,
        }
    )
    accounts = {
        ("pXhwFAKE", "ana"): {ME: {**ANA, "username": "ana"}},
        ("pXhwFAKE", "ana@acme.example"): {ME: ANA},
    }
    refusals = (ErrorSample(401, {"error": "invalid_grant"}, TokenRejected),)
