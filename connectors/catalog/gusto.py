"""Gusto OAuth connector.

Quirks:
1. The app's settings decide the scopes; the authorization page takes none.
2. A refresh replaces the refresh token, which works once.
3. A token is for one company, which the person chooses; ``/v1/token_info`` names both. A person of
   several companies connects each of them.
4. There is no revocation endpoint; people remove the app in the company's settings.

Console: an application in the developer portal, approved by Gusto for production.

Scopes: none are sent. ``companies:read`` and ``employees:read`` at the app make a new connection
useful.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("gusto", env),
        display_name="Gusto",
        description="Employees, contractors and payrolls of a company at Gusto.",
        category="hr",
        docs_url="https://docs.gusto.com/app-integrations/docs/oauth2",
        console_url="https://dev.gusto.com",
        checked_on=date(2026, 11, 29),
        authorization_url="https://api.gusto.com/oauth/authorize",
        token_url="https://api.gusto.com/oauth/token",
        scopes_sent=False,  # quirk 1
        supports_refresh=True,  # quirk 2
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.gusto.com/v1/token_info",
            id="${resource.uuid}:${resource_owner.uuid}",  # quirk 3
            label="${resource.type} ${resource.uuid}",
            metadata={"company_uuid": "resource.uuid"},
        ),
        api_base_url="https://api.gusto.com/v1",
    )
