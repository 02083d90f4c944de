"""Okta OAuth connector, for the authorization server of an organization.

Quirks:
1. Every customer has a host. An app belongs to one organization: where several are to connect, each
   brings an app of its own.
2. Without ``offline_access`` there is no refresh token. Whether a refresh yields another one is a
   setting of the app; the gateway uses none twice.
3. The API takes tokens of the organization's own server alone, not those of a custom one.
4. The app needs the grant of each ``okta.…`` scope from an administrator, and the person has to be
   one: otherwise the scope is refused.

Console: an app of the kind "OIDC, Web Application" with the grants "Authorization Code" and
"Refresh Token", and the scopes below under "Okta API Scopes".

Scopes: ``openid`` and ``profile`` let the account be read, ``okta.users.read`` opens the directory,
``offline_access`` brings the refresh token.
"""

from datetime import date

from connectors import ConnectionInput, ConnectorConfig, Env, ScopeSet, account_lookup, app

HOST = "https://${connection_config.domain}"


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("okta", env),
        display_name="Okta",
        description="The directory of an Okta organization: people and groups.",
        category="other",
        docs_url="https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/",
        console_url="https://login.okta.com",
        checked_on=date(2026, 11, 29),
        authorization_url=f"{HOST}/oauth2/v1/authorize",  # quirk 3
        token_url=f"{HOST}/oauth2/v1/token",
        revocation_url=f"{HOST}/oauth2/v1/revoke",
        scopes=("openid", "profile", "okta.users.read", "offline_access"),  # quirk 2
        scope_sets={
            "groups": ScopeSet(
                title="Groups", sentence="See the groups", scopes=("okta.groups.read",)
            )
        },
        authorization_method="header",
        supports_refresh=True,
        supports_multiple_accounts=True,
        connection_config={  # quirk 1
            "domain": ConnectionInput(
                title="Okta domain",
                description="The address of your organization, as in the browser, without -admin.",
                example="acme.okta.com",
                hosts=("*.okta.com", "*.okta-emea.com", "*.oktapreview.com"),
            )
        },
        fetch_account_info=account_lookup(
            url=f"{HOST}/oauth2/v1/userinfo",
            id="${connection_config.domain}:${sub}",
            label=("preferred_username", "name"),
        ),
        api_base_url=HOST,
    )
