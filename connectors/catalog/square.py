"""Square OAuth connector.

Reference: https://developer.squareup.com/reference/square/o-auth-api

Quirks:
1. PKCE is off: a ``code_challenge`` begins another flow, without the client secret, whose refresh
   tokens can be used once and end after 90 days.
2. The authorization page knows no ``response_type``.
3. A seller who is signed in at Square is not asked for the account, unless ``session=false``.
4. The answer tells the end of a token as a moment, ``expires_at``. The engine reads it.
5. A refresh answers with the same refresh token, which does not end.
6. A dead code, a dead refresh token and a wrong secret are all HTTP 401 with
   ``service.not_authorized``. At a refresh it is taken for a dead token.
7. Revoking authenticates with the secret alone, names the seller, and ends every token for them.
8. The answer does not list the granted scopes: a seller grants all or nothing.

Console: set the redirect URL on the page OAuth of the application, for Production. The sandbox has
other hosts and is not described here.

Scopes: ``MERCHANT_PROFILE_READ`` opens the account, and ``PAYMENTS_READ`` its payments.
"""

from datetime import date

from connectors import ConnectorConfig, Env, Revocation, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("square", env),
        display_name="Square",
        description="Payments, orders, items and customers of a Square seller.",
        category="commerce",
        docs_url="https://developer.squareup.com/docs/oauth-api/overview",
        console_url="https://developer.squareup.com/apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://connect.squareup.com/oauth2/authorize",
        token_url="https://connect.squareup.com/oauth2/token",
        revocation_url="https://connect.squareup.com/oauth2/revoke",
        revocation=Revocation(  # quirk 7
            auth="client_secret",
            body_format="json",
            token=None,
            params={"client_id": "${client_id}", "merchant_id": "${metadata.merchant_id}"},
        ),
        scopes=("MERCHANT_PROFILE_READ", "PAYMENTS_READ"),  # quirk 8
        scope_sets={
            "payments": ScopeSet(
                title="Take payments", sentence="Take payments", scopes=("PAYMENTS_WRITE",)
            ),
            "items": ScopeSet(
                title="Items", sentence="See the items of the catalog", scopes=("ITEMS_READ",)
            ),
            "customers": ScopeSet(
                title="Customers", sentence="See customers", scopes=("CUSTOMERS_READ",)
            ),
        },
        use_pkce=False,  # quirk 1
        omit_authorize_params=frozenset({"response_type"}),  # quirk 2
        extra_authorize_params={"session": "false"},  # quirk 3
        body_format="json",
        refresh_rejected_codes=frozenset({"service.not_authorized"}),  # quirk 6
        supports_refresh=True,
        refresh_rotation="none",  # quirk 5
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://connect.squareup.com/v2/merchants/me",
            id="merchant.id",
            label="merchant.business_name",
        ),
        token_metadata={"merchant_id": "merchant_id"},
        api_base_url="https://connect.squareup.com",
    )
