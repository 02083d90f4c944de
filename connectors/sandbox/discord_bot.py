"""Discord as a bot sees it, by discord/discord-api-docs: reference (authentication),
resources/user."""

from connectors.sandbox import Refusal, facts, key_provider

PROVIDER = key_provider(
    "discord-bot",
    title="Discord bot",
    headers={"authorization": "Bot {token}"},
    keys={
        "acme": {"token": "MTExMTExMTExMTExMTExMTEx.Sandb1.acme-0123456789abcdefghijklm"},
        "globex": {"token": "MjIyMjIyMjIyMjIyMjIyMjIy.Sandb2.globex-9876543210abcdefghij"},
    },
    refusal=Refusal(401, {"message": "401: Unauthorized", "code": 0}),
    api_base="discord.com/api/v10",
    api={"/users/@me": facts("id", "username", "bot")},
    facts={
        "acme": {"id": "111111111111111111", "username": "Acme bot", "bot": True},
        "globex": {"id": "222222222222222222", "username": "Globex bot", "bot": True},
    },
)
