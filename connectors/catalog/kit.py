"""Kit OAuth connector (ConvertKit until 2024).

Quirks:
1. The token endpoint takes JSON.
2. The documented authorization address has no scopes; the token answer says ``public``.

Unconfirmed: whether a used refresh token goes on working. It is taken to be dead; then no refresh
whose answer was lost is repeated.

Console: Settings, Developer, an app with its redirect URI.

Scopes: none are sent.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("kit", env),
        display_name="Kit",
        description="Subscribers, forms, tags and broadcasts of a Kit account.",
        category="marketing",
        docs_url="https://developers.kit.com/api-reference/oauth-refresh-token-flow",
        console_url="https://app.kit.com/account_settings/developer_settings",
        checked_on=date(2026, 11, 29),
        authorization_url="https://api.kit.com/v4/oauth/authorize",
        token_url="https://api.kit.com/v4/oauth/token",
        scopes_sent=False,  # quirk 2
        body_format="json",  # quirk 1
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.kit.com/v4/account",
            id="account.id",
            label=("account.name", "account.primary_email_address"),
        ),
        api_base_url="https://api.kit.com/v4",
    )
