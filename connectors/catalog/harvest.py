"""Harvest OAuth connector.

Quirks:
1. One sign-in may reach several accounts of Harvest and Forecast. The first of Harvest is taken,
   and is a part of the identity.
2. Each API call has to name that account in ``Harvest-Account-Id``.
3. Each API call has to name the app and a contact in ``User-Agent``. The gateway's own client does.
4. There are no scopes to choose: a token does what the person can do.
5. There is no revocation endpoint; people remove the app at id.getharvest.com.

Unconfirmed: whether a used refresh token goes on working. It is taken to be dead; then no refresh
whose answer was lost is repeated.

Console: id.getharvest.com/developers, an OAuth2 application with access to Harvest.

Scopes: none are sent.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("harvest", env),
        display_name="Harvest",
        description="Time entries, projects, clients and invoices of a Harvest account.",
        category="productivity",
        docs_url="https://help.getharvest.com/api-v2/authentication-api/authentication/authentication/",
        console_url="https://id.getharvest.com/developers",
        checked_on=date(2026, 11, 29),
        authorization_url="https://id.getharvest.com/oauth2/authorize",
        token_url="https://id.getharvest.com/api/v2/oauth2/token",
        scopes_sent=False,  # quirk 4
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://id.getharvest.com/api/v2/accounts",
            id="${accounts[product=harvest].id}:${user.id}",  # quirk 1
            label=("${user.email} (${accounts[product=harvest].name})", "user.email"),
            metadata={"account_id": "accounts[product=harvest].id"},
        ),
        api_base_url="https://api.harvestapp.com/v2",
        api_hosts=("id.getharvest.com",),
        api_headers={
            "Authorization": "Bearer ${access_token}",
            "Harvest-Account-Id": "${metadata.account_id}",
        },  # quirk 2
    )
