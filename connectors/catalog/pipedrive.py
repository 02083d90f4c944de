"""Pipedrive OAuth connector.

Quirks:
1. The app's settings decide the scopes; the authorization page takes none.
2. Every company has an API host of its own, which the token answer names in ``api_domain``.
3. A person of a company has a grant of their own, and ids are those of the company.
4. Revoking the refresh token uninstalls the app for the person who connected.

Unconfirmed: whether a refresh replaces the refresh token. It is taken to; then no refresh whose
answer was lost is repeated.

Console: an app in the Developer Hub, private or public, with its scopes chosen there.

Scopes: none are sent. ``base`` and ``deals:read`` at the app make a new connection useful.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app

API = "https://${metadata.api_domain}/api"


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("pipedrive", env),
        display_name="Pipedrive",
        description="Deals, people, organisations and activities of a Pipedrive company.",
        category="crm",
        docs_url="https://pipedrive.readme.io/docs/marketplace-oauth-authorization",
        console_url="https://app.pipedrive.com/developer-hub",
        checked_on=date(2026, 11, 29),
        authorization_url="https://oauth.pipedrive.com/oauth/authorize",
        token_url="https://oauth.pipedrive.com/oauth/token",
        revocation_url="https://oauth.pipedrive.com/oauth/revoke",  # quirk 4
        scopes_sent=False,  # quirk 1
        authorization_method="header",
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url=f"{API}/v1/users/me",
            id="${data.company_id}:${data.id}",  # quirk 3
            label=("${data.company_name} (${data.email})", "data.email"),
        ),
        token_metadata={"api_domain": "api_domain"},  # quirk 2
        api_base_url=API,
        api_hosts=("*.pipedrive.com",),
    )
