"""Telegram's contract, by core.telegram.org/bots/api (authorizing, getMe)."""

from pathlib import Path

from gateway.testing import KeyContract


class TestTelegram(KeyContract):
    folder = Path(__file__).parents[1]
    connector = "telegram"
    account = ("111111111", "acme_bot")
    # The prefix of the path belongs to no token.
    refused_inputs = {
        "token": (
            "bot111111111:AASandbox-acme_0123456789abcdefghij",
            "111111111:",
            "../111111111:AA",
        )
    }
