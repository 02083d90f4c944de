"""Reel's contract. Source: https://docs.reel.example/oauth."""

from pathlib import Path

from gateway.testing import ConnectorContract, documented


class TestReel(ConnectorContract):
    folder = Path(__file__).parents[1]
    connector = "reel"
    scopes = ("read", "write")
    exchange = documented(
        {"access_token": "FAKE", "token_type": "Bearer", "expires_in": 3600, "scope": "read write"}
    )
    refresh = documented({"access_token": "FAKE", "token_type": "Bearer", "expires_in": 5184000})
    accounts = {("1", "Ana"): {"graph.reel.example/me": {"id": "1", "name": "Ana"}}}
