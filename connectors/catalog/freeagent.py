"""FreeAgent OAuth connector.

Quirks:
1. The token endpoint wants Basic authentication.
2. There are no scopes: a token does what the person's permission level allows.
3. A person has no id but the address of their record, which is the identity.
4. There is no revocation endpoint; people remove the app in their settings.

Unconfirmed: whether a refresh replaces the refresh token. It is taken to; then no refresh whose
answer was lost is repeated.

Console: an app in the developer dashboard, with its redirect URI.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("freeagent", env),
        display_name="FreeAgent",
        description="Invoices, expenses, contacts and bank accounts of a FreeAgent company.",
        category="finance",
        docs_url="https://dev.freeagent.com/docs/oauth",
        console_url="https://dev.freeagent.com/dashboard",
        checked_on=date(2026, 11, 29),
        authorization_url="https://api.freeagent.com/v2/approve_app",
        token_url="https://api.freeagent.com/v2/token_endpoint",
        scopes_sent=False,  # quirk 2
        authorization_method="header",  # quirk 1
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.freeagent.com/v2/users/me",
            id="user.url",  # quirk 3
            label=("user.email", "user.first_name"),
        ),
        api_base_url="https://api.freeagent.com/v2",
    )
