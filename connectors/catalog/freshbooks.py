"""FreshBooks OAuth connector.

Quirks:
1. Token requests and the revocation are JSON.
2. A refresh replaces the refresh token, which works once; only the newest one of a person is alive.
3. The token is the person's; the account lists the businesses, and the API's paths name one of them
   by an ``account_id`` or a ``business_id``. Those of the first are kept with the connection.

Unconfirmed: that the revocation takes the refresh token; clients send either token.

Console: an app on the developer page, with an https redirect URI and the default scopes.

Scopes: ``user:profile:read`` lets the account be read; ``user:clients:read`` and
``user:invoices:read`` open clients and invoices.
"""

from datetime import date

from connectors import ConnectorConfig, Env, Revocation, account_lookup, app

FIRST = "response.business_memberships[0].business"


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("freshbooks", env),
        display_name="FreshBooks",
        description="Clients, invoices and expenses of a FreshBooks business.",
        category="finance",
        docs_url="https://www.freshbooks.com/api/authentication",
        console_url="https://my.freshbooks.com/#/developer",
        checked_on=date(2026, 11, 29),
        authorization_url="https://auth.freshbooks.com/oauth/authorize",
        token_url="https://api.freshbooks.com/auth/oauth/token",
        revocation_url="https://api.freshbooks.com/auth/oauth/revoke",
        revocation=Revocation(body_format="json"),  # quirk 1
        scopes=("user:profile:read", "user:clients:read", "user:invoices:read"),
        body_format="json",  # quirk 1
        supports_refresh=True,  # quirk 2
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.freshbooks.com/auth/api/v1/users/me",
            id="response.id",
            label=("response.email", f"{FIRST}.name"),
            metadata={"account_id": f"{FIRST}.account_id", "business_id": f"{FIRST}.id"},
        ),  # quirk 3
        api_base_url="https://api.freshbooks.com",
    )
