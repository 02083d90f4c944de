"""Crypt's contract. Source: https://docs.crypt.example/oauth."""

from pathlib import Path

from gateway.testing import ConnectorContract, documented

TOKEN = {
    "access_token": "FAKE",
    "refresh_token": "FAKE",
    "token_type": "Bearer",
    "expires_in": 3600,
    "scope": "read write",
}


class TestCrypt(ConnectorContract):
    folder = Path(__file__).parents[1]
    connector = "crypt"
    scopes = ("read", "write")
    exchange = refresh = documented(TOKEN, scopes=scopes)
    accounts = {("1", "Ana"): {"crypt.example/api/me": {"id": "1", "name": "Ana"}}}
