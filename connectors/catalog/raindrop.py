"""Raindrop.io OAuth connector.

Quirks:
1. The token endpoint takes JSON.
2. There are no scopes: a token does what the person can do. Access tokens live for two weeks.
3. There is no revocation endpoint; people remove the app in their settings.

Unconfirmed: whether a used refresh token goes on working. It is taken to be dead; then no refresh
whose answer was lost is repeated.

Console: Settings, Integrations, For Developers, an app with its redirect URI.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("raindrop", env),
        display_name="Raindrop.io",
        description="Bookmarks, collections and highlights in Raindrop.io.",
        category="productivity",
        docs_url="https://developer.raindrop.io/v1/authentication/token",
        console_url="https://app.raindrop.io/settings/integrations",
        checked_on=date(2026, 11, 29),
        authorization_url="https://raindrop.io/oauth/authorize",
        token_url="https://raindrop.io/oauth/access_token",
        scopes_sent=False,  # quirk 2
        body_format="json",  # quirk 1
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.raindrop.io/rest/v1/user",
            id="user._id",
            label=("user.email", "user.fullName"),
        ),
        api_base_url="https://api.raindrop.io/rest/v1",
    )
