"""WakaTime's contract, by wakatime.com/developers (authentication, users)."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "wakatime.com/api/v1/users/current"
TOKENS = {"token_type": "bearer", "expires_in": 43200, "scope": "email,read_summaries"}


class TestWakaTime(ConnectorContract):
    connector = "wakatime"
    scopes = ("email", "read_summaries")
    exchange = documented(
        {**TOKENS, "access_token": "at_FAKE", "refresh_token": "rt_FAKE"},
        scopes=("email", "read_summaries"),
    )
    refresh = documented(
        {**TOKENS, "access_token": "at_NEW", "refresh_token": "rt_NEW"},
        scopes=("email", "read_summaries"),
    )
    accounts = {
        ("a1b2", "ana@acme.example"): {
            ME: {"data": {"id": "a1b2", "username": "ana", "email": "ana@acme.example"}}
        },
        ("a1b2", "ana"): {ME: {"data": {"id": "a1b2", "username": "ana"}}},
        ("a1b2", "a1b2"): {ME: {"data": {"id": "a1b2"}}},
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)
