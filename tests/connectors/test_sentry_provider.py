"""Sentry's contract, by docs.sentry.io/api/auth and its own source (``oauth_token.py``)."""

from typing import Any

from gateway.errors import TokenRejected
from gateway.testing import (
    AccountSample,
    ConnectorContract,
    ErrorSample,
    KeyContract,
    ToolContract,
    documented,
)

TOKENS: dict[str, Any] = {
    "access_token": "at_FAKE",
    "refresh_token": "rt_FAKE",
    "expires_in": 2591999,
    "expires_at": "2026-12-29T09:00:00.000000Z",
    "token_type": "bearer",
    "scope": "org:read project:read event:read",
    "user": {"id": "7", "name": "Ana Diaz", "email": "ana@acme.example"},
}


def told(**changes: Any) -> AccountSample:
    """The account in the token answer, with changes."""
    return AccountSample(token_answer=TOKENS | {"user": TOKENS["user"] | changes})


class TestSentry(ConnectorContract):
    connector = "sentry"
    scopes = ("org:read", "project:read", "event:read")
    exchange = documented(TOKENS)
    refresh = documented(TOKENS | {"access_token": "at_NEW", "refresh_token": "rt_NEW"})
    accounts = {
        ("7", "ana@acme.example"): told(),
        ("7", "Ana Diaz"): told(email=None),
        ("7", "7"): told(email=None, name=None),
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)


class TestSentryKey(KeyContract):
    connector = "sentry"
    account = ("2001", "ana@acme.example")
    # A token of an organization opens little; one without its last character.
    refused_inputs = {"token": ("sntrys_eyJpYXQiOjE3MDAwMDAwMDB9", f"sntryu_{'a' * 63}")}


class TestSentryTools(ToolContract):
    connector = "sentry"
