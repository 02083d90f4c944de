"""Discord connector: the pasted token of a bot.

Quirks:
1. The token stands behind ``Bot``, not behind ``Bearer``.
2. 403 means that the bot lacks a permission in a server, and says nothing about the token.

Console: an application in the Developer Portal; the page "Bot" shows the token once. Add the bot to
a server with the scope ``bot`` and the permissions that the tools need: View Channels, Send
Messages, Create Public Threads, Add Reactions, Read Message History.

Unconfirmed: the form of a token, which the documentation shows by one example only. Nor whether
``User-Agent: connector-gateway`` is enough: the documentation wants ``DiscordBot (url, version)``.

Scopes: none exist. The permissions of the bot in each server decide.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="discord-bot",
        display_name="Discord bot",
        description="A bot in Discord servers: send messages, open threads and react, as the bot.",
        category="communication",
        docs_url="https://docs.discord.com/developers/reference#authentication",
        console_url="https://discord.com/developers/applications",
        checked_on=date(2026, 11, 29),
        api_base_url="https://discord.com/api/v10",
        key=KeyMethod(
            inputs={
                "token": ConnectionInput(
                    title="Bot token",
                    description="The token of your bot, without the word Bot before it.",
                    example="MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.0123456789abcdefghijklmnopq",
                    pattern=r"[A-Za-z0-9_-]{18,40}\.[A-Za-z0-9_-]{5,10}\.[A-Za-z0-9_-]{20,60}",
                    secret=True,
                    where="https://discord.com/developers/applications",
                )
            },
            api_headers={"Authorization": "Bot ${token}"},  # quirk 1
            verify=Verify(
                url="https://discord.com/api/v10/users/@me",
                refused_statuses=(401,),  # quirk 2
            ),
            account=account_lookup(id="id", label="username"),
        ),
    )
