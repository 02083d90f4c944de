"""Salesloft OAuth connector.

Quirks:
1. The scopes are chosen where the app is registered; none are sent.

Console: Your Applications, OAuth Applications, with the scopes that tools need.

Unconfirmed: whether a used refresh token goes on working. The gateway uses none twice.

Scopes: none are requested: those of the app decide.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("salesloft", env),
        display_name="Salesloft",
        description="Cadences, people and calls of Salesloft, for sales teams.",
        category="crm",
        docs_url="https://developers.salesloft.com/docs/platform/api-basics/oauth-authentication/",
        console_url="https://accounts.salesloft.com/oauth/applications",
        checked_on=date(2026, 11, 29),
        authorization_url="https://accounts.salesloft.com/oauth/authorize",
        token_url="https://accounts.salesloft.com/oauth/token",
        scopes_sent=False,
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.salesloft.com/v2/me", id="data.id", label=("data.email", "data.name")
        ),
        api_base_url="https://api.salesloft.com/v2",
    )
