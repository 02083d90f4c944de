"""Netlify OAuth connector.

Quirks:
1. There are no scopes: a token does what the person can do.
2. Access tokens have no end, and there are no refresh tokens.
3. There is no revocation endpoint; people remove the app in their user settings.

Unconfirmed: the token endpoint, and that tokens have no end. The published API description knows
the implicit flow alone; several integrations use this one.

Console: an OAuth application in the user settings, under Applications, with its redirect URI.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("netlify", env),
        display_name="Netlify",
        description="Sites, deploys, forms and DNS zones of a Netlify user.",
        category="devtools",
        docs_url="https://docs.netlify.com/api-and-cli-guides/api-guides/get-started-with-api/",
        console_url="https://app.netlify.com/user/applications",
        checked_on=date(2026, 11, 29),
        authorization_url="https://app.netlify.com/authorize",
        token_url="https://api.netlify.com/oauth/token",
        scopes_sent=False,  # quirk 1
        supports_refresh=False,  # quirk 2
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.netlify.com/api/v1/user", id="id", label=("email", "full_name")
        ),
        api_base_url="https://api.netlify.com/api/v1",
    )
