"""Discord OAuth connector: a person's account. Bots are the connector ``discord-bot``.

Quirks:
1. A person's token opens the person's profile and list of servers. What is written into channels is
   a bot's work, with another token.
2. Revoking any token ends all tokens of that consent.
3. Names are not unique, and ``global_name`` may be null; the id stays.

Console: an application in the Developer Portal; its redirect URI stands on the page "OAuth2".

Unconfirmed: whether a used refresh token goes on working; the gateway uses none twice. Nor whether
``User-Agent: connector-gateway`` is enough: the documentation wants ``DiscordBot (url, version)``.

Scopes: ``identify`` lets the account be read, and ``guilds`` the servers that the person is in.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("discord", env),
        display_name="Discord",
        description="The Discord account of a person: who it is, and which servers it is in.",
        category="communication",
        docs_url="https://docs.discord.com/developers/topics/oauth2",
        console_url="https://discord.com/developers/applications",
        checked_on=date(2026, 11, 29),
        authorization_url="https://discord.com/oauth2/authorize",
        token_url="https://discord.com/api/oauth2/token",
        revocation_url="https://discord.com/api/oauth2/token/revoke",  # quirk 2
        scopes=("identify", "guilds"),
        authorization_method="header",
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://discord.com/api/v10/users/@me",
            id="id",
            label=("global_name", "username"),  # quirk 3
        ),
        api_base_url="https://discord.com/api/v10",
    )
