"""Telegram's contract, by core.telegram.org/bots/api (authorizing, getMe)."""

from gateway.testing import KeyContract


class TestTelegram(KeyContract):
    connector = "telegram"
    account = ("111111111", "acme_bot")
    refusals = ((404, {"ok": False, "error_code": 404, "description": "Not Found"}),)
    # The prefix of the path belongs to no token.
    refused_inputs = {
        "token": (
            "bot111111111:AASandbox-acme_0123456789abcdefghij",
            "111111111:",
            "../111111111:AA",
            f"111111111:{'a' * 61}",
        )
    }
