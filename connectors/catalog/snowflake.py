"""Snowflake OAuth connector (Snowflake OAuth for custom clients).

Quirks:
1. Every account has a host, and an administrator makes the client there (a security integration):
   where several accounts are to connect, each brings a client of its own.
2. ``refresh_token`` is a scope: without it there is no refresh token. A role is asked for by
   ``session:role:NAME``; without one, the token has the person's default role.
3. The token answer names the person as ``username``, and no scopes.
4. The API wants to be told that the token is one of OAuth.
5. There is no revocation endpoint; the administrator ends a consent in SQL.

Console: ``CREATE SECURITY INTEGRATION … TYPE = OAUTH OAUTH_CLIENT = CUSTOM OAUTH_CLIENT_TYPE =
'CONFIDENTIAL' OAUTH_REDIRECT_URI = …``; ``SYSTEM$SHOW_OAUTH_CLIENT_SECRETS`` shows id and secret.

Unconfirmed: whether a refresh token works once or more often; a setting of the integration decides,
and the gateway uses none twice.

Scopes: ``refresh_token`` keeps the connection alive. The person's default role decides the rest.
"""

from datetime import date

from connectors import ConnectionInput, ConnectorConfig, Env, account_lookup, app

HOST = "https://${connection_config.account}"


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("snowflake", env),
        display_name="Snowflake",
        description="Data in a Snowflake account: run SQL and read the result.",
        category="data",
        docs_url="https://docs.snowflake.com/en/user-guide/oauth-custom",
        console_url="https://app.snowflake.com",
        checked_on=date(2026, 11, 29),
        authorization_url=f"{HOST}/oauth/authorize",
        token_url=f"{HOST}/oauth/token-request",
        scopes=("refresh_token",),  # quirk 2
        authorization_method="header",
        supports_refresh=True,
        supports_multiple_accounts=True,
        connection_config={  # quirk 1
            "account": ConnectionInput(
                title="Account URL",
                description="The host of your account; underscores are written as hyphens.",
                example="acme-main.snowflakecomputing.com",
                hosts=("*.snowflakecomputing.com",),
                where="In Snowsight, your account's menu, under View account details.",
            )
        },
        fetch_account_info=account_lookup(  # quirk 3
            id="${connection_config.account}:${username}",
            label="${username} (${connection_config.account})",
        ),
        api_base_url=HOST,
        api_headers={
            "Authorization": "Bearer ${access_token}",
            "X-Snowflake-Authorization-Token-Type": "OAUTH",  # quirk 4
        },
    )
