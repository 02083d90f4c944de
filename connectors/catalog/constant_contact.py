"""Constant Contact OAuth connector.

Quirks:
1. The token endpoint wants Basic authentication.
2. The flow with a secret documents no PKCE; the flow with PKCE is for apps without a secret.
3. There is a refresh token only with ``offline_access``. The app's settings decide whether a
   refresh yields another one ("rotating") or not; the first is taken to be chosen.
4. There is no revocation endpoint.

Console: My Applications, with the authorization code flow and rotating refresh tokens.

Scopes: ``account_read`` lets the account be read, ``contact_data`` opens contacts and lists, and
``offline_access`` keeps the connection.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("constant-contact", env),
        display_name="Constant Contact",
        description="Contacts, lists and e-mail campaigns of a Constant Contact account.",
        category="marketing",
        docs_url="https://developer.constantcontact.com/api_guide/server_flow.html",
        console_url="https://app.constantcontact.com/pages/dma/portal/",
        checked_on=date(2026, 11, 29),
        authorization_url="https://authz.constantcontact.com/oauth2/default/v1/authorize",
        token_url="https://authz.constantcontact.com/oauth2/default/v1/token",
        scopes=("account_read", "contact_data", "offline_access"),
        scope_sets={
            "campaigns": ScopeSet(
                title="Campaigns",
                sentence="See, create and send your campaigns",
                scopes=("campaign_data",),
            )
        },
        use_pkce=False,  # quirk 2
        authorization_method="header",  # quirk 1
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.cc.email/v3/account/summary",
            id="encoded_account_id",
            label=("organization_name", "contact_email"),
        ),
        api_base_url="https://api.cc.email/v3",
    )
