"""Coinbase OAuth connector.

Quirks:
1. Scopes are separated by commas.
2. There is a refresh token only with ``offline_access``; each refresh yields another one.

Console: an OAuth client of the Coinbase Developer Platform with its redirect URI.

Scopes: ``wallet:user:read`` lets the account be read, ``wallet:accounts:read`` shows balances, and
``offline_access`` keeps the connection. None of them moves money.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("coinbase", env),
        display_name="Coinbase",
        description="The balances and transactions of a Coinbase account.",
        category="finance",
        docs_url="https://docs.cdp.coinbase.com/coinbase-app/oauth2-integration/integrations",
        console_url="https://portal.cdp.coinbase.com/",
        checked_on=date(2026, 11, 29),
        authorization_url="https://login.coinbase.com/oauth2/auth",
        token_url="https://login.coinbase.com/oauth2/token",
        revocation_url="https://login.coinbase.com/oauth2/revoke",
        scopes=("wallet:user:read", "wallet:accounts:read", "offline_access"),
        scope_sets={
            "transactions": ScopeSet(
                title="Transactions",
                sentence="See your transactions",
                scopes=("wallet:transactions:read",),
            )
        },
        scope_separator=",",  # quirk 1
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.coinbase.com/v2/user", id="data.id", label=("data.email", "data.name")
        ),
        api_base_url="https://api.coinbase.com/v2",
    )
