"""Close OAuth connector.

Quirks:
1. The addresses end with a slash.
2. A grant is for one organization, which the token answer names: the identity is the organization
   and the person.
3. Without ``offline_access`` there is no refresh token.

Unconfirmed: whether a used refresh token goes on working (the gateway uses none twice), and how
long an access token lives.

Scopes: ``all.full_access`` is the only one for data, ``offline_access`` brings the refresh token.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("close", env),
        display_name="Close",
        description="Leads, contacts, calls and e-mails of Close, a CRM for sales teams.",
        category="crm",
        docs_url="https://developer.close.com/topics/authentication-oauth2/",
        console_url="https://app.close.com/settings/developer/",
        checked_on=date(2026, 11, 29),
        authorization_url="https://app.close.com/oauth2/authorize/",
        token_url="https://api.close.com/oauth2/token/",
        scopes=("all.full_access", "offline_access"),
        token_metadata={"organization_id": "organization_id"},  # quirk 2
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.close.com/api/v1/me/",
            id="${metadata.organization_id}:${id}",
            label=("email", "first_name"),
        ),
        api_base_url="https://api.close.com/api/v1",
    )
