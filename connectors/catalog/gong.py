"""Gong OAuth connector.

Quirks:
1. ``access_type=offline`` brings a refresh token. It works once.
2. Every company has an API host of its own, which the token answer names in
   ``api_base_url_for_customer``. That host is the identity: the grant is the company's, and no
   endpoint says who connected.
3. Only a technical administrator of the company can connect.
4. There is no revocation endpoint; an administrator removes the app in the settings.

Unconfirmed: what happens to PKCE, which the documentation does not know. Some integrators leave it
out; RFC 6749 wants it to be ignored.

Console: an integration, with its redirect URI and its scopes, in the company settings under API.

Scopes: ``api:calls:read:basic`` opens calls and their metadata.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("gong", env),
        display_name="Gong",
        description="Recorded calls and their transcripts of a company at Gong.",
        category="crm",
        docs_url="https://help.gong.io/docs/create-an-app-for-gong",
        console_url="https://app.gong.io/company/api",
        checked_on=date(2026, 11, 29),
        authorization_url="https://app.gong.io/oauth2/authorize",
        token_url="https://app.gong.io/oauth2/generate-customer-token",
        scopes=("api:calls:read:basic",),
        scope_sets={
            "transcripts": ScopeSet(
                title="Transcripts",
                sentence="Read the transcripts of calls",
                scopes=("api:calls:read:transcript",),
            )
        },
        extra_authorize_params={"access_type": "offline"},  # quirk 1
        authorization_method="header",
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            id="api_base_url_for_customer", label="Company at ${api_base_url_for_customer}"
        ),  # quirk 2
        token_metadata={"api": "api_base_url_for_customer"},  # quirk 2
        api_base_url="https://${metadata.api}",
        api_hosts=("*.api.gong.io",),
    )
