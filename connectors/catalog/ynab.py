"""YNAB OAuth connector.

Quirks:
1. The API answers in ``data``, and tells an id and no name of the person: the label is the id.

Console: an OAuth application under Developer Settings. A new one is in restricted mode until YNAB
has reviewed it.

Unconfirmed: whether a used refresh token goes on working. The gateway uses none twice. Nor
whether the token answer names the scope.

Scopes: ``read-only`` opens the plans. Without a scope a token may also change them.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("ynab", env),
        display_name="YNAB",
        description="Plans, accounts and transactions of YNAB, for a person's budget.",
        category="finance",
        docs_url="https://api.ynab.com/#outh-applications",
        console_url="https://app.ynab.com/settings/developer",
        checked_on=date(2026, 11, 29),
        authorization_url="https://app.ynab.com/oauth/authorize",
        token_url="https://app.ynab.com/oauth/token",
        scopes=("read-only",),
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.ynab.com/v1/user", id="data.user.id", label="YNAB ${data.user.id}"
        ),
        api_base_url="https://api.ynab.com/v1",
    )
