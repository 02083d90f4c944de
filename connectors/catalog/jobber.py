"""Jobber OAuth connector.

Quirks:
1. The scopes are chosen at the app; the authorization page has no parameter for them.
2. The API is GraphQL, and each call names the version of its schema. A failure is HTTP 200 with
   ``errors``.
3. A refresh brings a new refresh token, and the old one is dead at once: an app in Jobber's
   marketplace has to have it so.
4. No answer tells the life of an access token, which is an hour: it is used until the API refuses
   it, and refreshed then.
5. An app is connected by an administrator, for the whole account: the identity is the account.
6. PKCE is not documented; servers ignore parameters that they do not know (RFC 6749 3.1).

Unconfirmed: the newest version of the schema; Jobber takes one for at least a year.

Console: an app of the Developer Center, with "Refresh Token Rotation" on.

Scopes: none are requested; the app's own are granted.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("jobber", env),
        display_name="Jobber",
        description="Clients, jobs and invoices of a home service business in Jobber.",
        category="productivity",
        docs_url="https://developer.getjobber.com/docs/building_your_app/app_authorization/",
        console_url="https://developer.getjobber.com/apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://api.getjobber.com/api/oauth/authorize",
        token_url="https://api.getjobber.com/api/oauth/token",
        scopes_sent=False,  # quirk 1
        supports_refresh=True,  # quirk 3
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(  # quirk 5
            url="https://api.getjobber.com/api/graphql",
            method="POST",
            json={"query": "{ account { id name } }"},
            id="data.account.id",
            label="data.account.name",
        ),
        api_base_url="https://api.getjobber.com/api",
        api_headers={
            "Authorization": "Bearer ${access_token}",
            "X-JOBBER-GRAPHQL-VERSION": "2025-04-16",  # quirk 2
        },
    )
