"""Telegram connector: the pasted token of a bot.

Quirks:
1. The token stands in the path (``/bot<token>/getMe``), and nowhere else.
2. A token that was never issued or was revoked is 401, one of another shape 404.

Console: BotFather, a bot inside Telegram, makes bots and shows their tokens.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectionInput, Env, KeyConnectorConfig, KeyMethod, Verify, account_lookup

API = "https://api.telegram.org/bot${token}"  # quirk 1


def create_config(env: Env) -> KeyConnectorConfig:
    return KeyConnectorConfig(
        name="telegram",
        display_name="Telegram",
        description="Chats of a Telegram bot: read and send messages, photos and files.",
        category="communication",
        docs_url="https://core.telegram.org/bots/api",
        console_url="https://t.me/BotFather",
        checked_on=date(2026, 11, 29),
        api_base_url=API,
        key=KeyMethod(
            inputs={
                "token": ConnectionInput(
                    title="Bot token",
                    description="The token of your bot.",
                    example="123456789:AAExample-0123456789_abcdefghijklmn",
                    pattern=r"[0-9]{6,14}:[A-Za-z0-9_-]{30,60}",
                    secret=True,
                    where="Send /token to @BotFather in Telegram.",
                )
            },
            verify=Verify(url=f"{API}/getMe", refused_statuses=(401, 404)),  # quirk 2
            account=account_lookup(id="result.id", label="result.username"),
        ),
    )
