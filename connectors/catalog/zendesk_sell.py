"""Zendesk Sell OAuth connector.

Quirks:
1. It is another product than Zendesk Support, with other accounts and another host.
2. The token endpoint wants Basic authentication.

Unconfirmed: whether a used refresh token goes on working. The gateway uses none twice.

Scopes: ``read`` opens leads, contacts and deals for reading, ``profile`` the account.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("zendesk-sell", env),
        display_name="Zendesk Sell",
        description="Leads, contacts and deals of Zendesk Sell, a CRM.",
        category="crm",
        docs_url="https://developer.zendesk.com/api-reference/sales-crm/authentication/introduction/",
        console_url="https://app.futuresimple.com/settings/oauth/apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://api.getbase.com/oauth2/authorize",
        token_url="https://api.getbase.com/oauth2/token",
        scopes=("read", "profile"),
        scope_sets={
            "changes": ScopeSet(
                title="Changes",
                sentence="Create and change leads, contacts and deals",
                scopes=("write",),
            )
        },
        authorization_method="header",  # quirk 2
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.getbase.com/v2/users/self",
            id="data.id",
            label=("data.email", "data.name"),
        ),
        api_base_url="https://api.getbase.com/v2",
    )
