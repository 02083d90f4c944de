"""Pace's contract. Source: https://docs.pace.example/oauth."""

from pathlib import Path

from gateway.errors import ProviderMisconfigured, ProviderRefused, TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

DONE = {"result": "0000", "message": "OK"}
TOKEN = {"access_token": "FAKE", "refresh_token": "FAKE", "token_type": "Bearer"}


class TestPace(ConnectorContract):
    folder = Path(__file__).parents[1]
    connector = "pace"
    scopes = ("read", "write")
    exchange = documented({**TOKEN, "expires_in": 2592000, "scope": "read write", **DONE})
    accounts = {("1", "Ana"): {"pace.example/api/me": {"id": "1", "name": "Ana"}}}
    refusals = (
        ErrorSample(200, {"result": "5031"}, TokenRejected, on_refresh=True),
        ErrorSample(200, {"result": "5030"}, ProviderMisconfigured),
        ErrorSample(200, {"result": "5000", **TOKEN}, ProviderRefused),
    )
