"""Salesloft OAuth connector.

Quirks:
1. The app's settings decide the scopes; the authorization page takes none.
2. A refresh revokes every older refresh token.
3. There is no revocation endpoint; people remove the app in their settings.

Console: Your Applications, OAuth Applications, Create New.

Scopes: none are sent. Choose those that read people and cadences at the app.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("salesloft", env),
        display_name="Salesloft",
        description="People, accounts, cadences and calls of a Salesloft team.",
        category="crm",
        docs_url="https://developers.salesloft.com/docs/platform/api-basics/oauth-authentication/",
        console_url="https://accounts.salesloft.com/oauth/applications",
        checked_on=date(2026, 11, 29),
        authorization_url="https://accounts.salesloft.com/oauth/authorize",
        token_url="https://accounts.salesloft.com/oauth/token",
        scopes_sent=False,  # quirk 1
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.salesloft.com/v2/me", id="data.id", label=("data.email", "data.name")
        ),
        api_base_url="https://api.salesloft.com/v2",
    )
