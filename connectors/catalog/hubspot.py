"""HubSpot connector: OAuth, or the pasted token of a private app.

Versions: https://developers.hubspot.com/changelog/v1-oauth-api-deprecation

Quirks:
1. The v1 endpoints are switched off in February 2027; the dated ones take every parameter in the
   body and none in the query.
2. Granted scopes are an array named ``scopes``.
3. Only token introspection knows the account's name (RFC 7662, by POST with the client's
   credentials).
4. The app is installed in a portal, and all connections of a portal die when its refresh token is
   revoked: the identity is the portal and not the person.
5. Only the refresh token can be revoked.
6. The token of a private app is used like an OAuth token, and ends when it is rotated. It opens one
   portal, whose number the account information tells.

Console: list the default scopes as required scopes of the app; the request must name the same ones.

Scopes: every app needs ``oauth``; ``crm.objects.contacts.read`` is the smallest that makes a new
connection useful.
"""

from datetime import date

from connectors import (
    ConnectionInput,
    ConnectorConfig,
    Env,
    KeyMethod,
    ScopeSet,
    Verify,
    account_lookup,
    app,
)


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("hubspot", env),
        display_name="HubSpot",
        description="Contacts, companies and deals of a HubSpot account.",
        category="crm",
        docs_url="https://developers.hubspot.com/docs/api-reference/auth-oauth-v3/guide",
        console_url="https://app.hubspot.com/developer",
        checked_on=date(2026, 11, 29),
        authorization_url="https://app.hubspot.com/oauth/authorize",
        token_url="https://api.hubapi.com/oauth/2026-03/token",  # quirk 1
        revocation_url="https://api.hubapi.com/oauth/2026-03/token/revoke",  # quirk 5
        introspection_url="https://api.hubapi.com/oauth/2026-03/token/introspect",  # quirk 3
        scopes=("oauth", "crm.objects.contacts.read"),
        scope_sets={
            name: ScopeSet(title=title, sentence=sentence, scopes=(scope,))
            for name, scope, title, sentence in (
                (
                    "contacts",
                    "crm.objects.contacts.write",
                    "Contacts",
                    "Create and change contacts",
                ),
                ("companies", "crm.objects.companies.read", "Companies", "See companies"),
                ("deals", "crm.objects.deals.read", "Deals", "See deals"),
            )
        },
        granted_scopes_path="scopes",  # quirk 2
        supports_refresh=True,
        refresh_rotation="none",
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(  # quirks 3 and 4
            introspect=True,
            id="hub_id",
            label=("hub_domain", "user"),
            metadata={"hub_id": "hub_id", "user": "user"},
        ),
        key=KeyMethod(  # quirk 6
            inputs={
                "key": ConnectionInput(
                    title="Access token",
                    description="The token of a private app. It begins with pat-.",
                    example="pat-na1-01234567-89ab-4cde-8f01-23456789abcd",
                    pattern=r"pat-[a-z]{2,4}[0-9]-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                    secret=True,
                    where="https://app.hubspot.com/l/private-apps",
                )
            },
            api_headers={"Authorization": "Bearer ${key}"},
            verify=Verify(
                url="https://api.hubapi.com/account-info/v3/details", refused_statuses=(401,)
            ),
            account=account_lookup(id="portalId", label="HubSpot ${portalId}"),
        ),
        api_base_url="https://api.hubapi.com",
    )
