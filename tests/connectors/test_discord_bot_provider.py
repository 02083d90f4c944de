"""The contract of a Discord bot, by discord/discord-api-docs (reference, resources/user)."""

from gateway.testing import KeyContract, ToolContract


class TestDiscordBot(KeyContract):
    connector = "discord-bot"
    account = ("111111111111111111", "Acme bot")
    unclear = ((403, {"message": "Missing Access", "code": 50001}),)
    # With the word before it, without its last part, too long.
    refused_inputs = {
        "token": (
            "Bot MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.0123456789abcdefghijklmnopq",
            "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ",
            f"MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.{'a' * 61}",
        )
    }


class TestDiscordBotTools(ToolContract):
    connector = "discord-bot"
