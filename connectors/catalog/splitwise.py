"""Splitwise OAuth connector.

Quirks:
1. Tokens do not end; there is no refresh token.
2. There are no scopes: a token opens the whole account.

Unconfirmed: whether the authorization page minds PKCE, which the documentation does not speak of.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("splitwise", env),
        display_name="Splitwise",
        description="Shared expenses of Splitwise: groups, friends and who owes what.",
        category="finance",
        docs_url="https://dev.splitwise.com/#section/Authentication",
        console_url="https://secure.splitwise.com/apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://secure.splitwise.com/oauth/authorize",
        token_url="https://secure.splitwise.com/oauth/token",
        scopes_sent=False,
        supports_refresh=False,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://secure.splitwise.com/api/v3.0/get_current_user",
            id="user.id",
            label=("user.email", "user.first_name"),
        ),
        api_base_url="https://secure.splitwise.com/api/v3.0",
    )
