"""Brook's contract. Source: https://developers.brook.example/oauth."""

from pathlib import Path

from gateway.testing import AccountSample, ConnectorContract, documented

TEAM = {"id": "7", "name": "Blue"}
TOKEN = {"access_token": "FAKE", "token_type": "Bearer", "scope": "boards.read,cards.read"}


class TestBrook(ConnectorContract):
    folder = Path(__file__).parents[1]
    connector = "brook"
    scopes = ("boards.read", "cards.read")
    exchange = documented(TOKEN, scopes=scopes)
    accounts = {
        ("7:1", "Ana"): AccountSample(
            token_answer={**TOKEN, "team": TEAM, "user": {"id": "1", "name": "Ana"}}
        ),
        ("7:1", "Blue"): AccountSample(token_answer={**TOKEN, "team": TEAM, "user": {"id": "1"}}),
    }
