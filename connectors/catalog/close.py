"""Close OAuth connector.

Quirks:
1. The person chooses one organization, and the token answer names it beside the user. Both together
   are the account; ``/me`` has the name.
2. There is a refresh token only with ``offline_access``; each refresh yields a new one.
3. The documentation names no revocation endpoint; people remove the app in their settings.

Console: Settings, Developer, OAuth Apps.

Scopes: ``all.full_access`` is the only one for the API, and ``offline_access`` is needed for a
refresh token.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("close", env),
        display_name="Close",
        description="Leads, contacts, calls and tasks of a Close organization.",
        category="crm",
        docs_url="https://developer.close.com/api/overview/oauth-authentication",
        console_url="https://app.close.com/settings/developer/oauth-apps/",
        checked_on=date(2026, 11, 29),
        authorization_url="https://app.close.com/oauth2/authorize/",
        token_url="https://api.close.com/oauth2/token/",
        scopes=("all.full_access", "offline_access"),
        token_metadata={"organization_id": "organization_id"},  # quirk 1
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.close.com/api/v1/me/",
            id="${metadata.organization_id}:${id}",
            label=("email", "first_name"),
        ),
        api_base_url="https://api.close.com/api/v1",
    )
