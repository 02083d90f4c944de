"""Trello's contract, by developer.atlassian.com/cloud/trello (authorization, members, cards)."""

from gateway.testing import KeyContract, ToolContract


class TestTrello(KeyContract):
    connector = "trello"
    account = ("5f0000000000000000000a01", "Ana Diaz")
    # The app's key in the place of the token, and the other way round.
    refused_inputs = {
        "api_key": ("2b" + "f" * 62,),
        "token": ("0a1b2c3d4e5f60718293a4b5c6d7e8f9", "1" * 101),
    }


class TestTrelloTools(ToolContract):
    connector = "trello"
