"""Ramp OAuth connector.

Quirks:
1. The token endpoint wants Basic authentication.
2. The grant belongs to the business: ``/business`` describes it.

Unconfirmed: whether a refresh replaces the refresh token, and that the revocation takes it. It is
taken to be replaced; then no refresh whose answer was lost is repeated.

Console: an app under Settings, Developer API, with the grant "Authorization code", its redirect URI
and the default scopes. Other businesses can connect after Ramp has approved it.

Scopes: ``business:read`` lets the account be read, and ``transactions:read`` opens card
transactions.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("ramp", env),
        display_name="Ramp",
        description="Card transactions, bills and people of a business at Ramp.",
        category="finance",
        docs_url="https://docs.ramp.com/developer-api/v1/authorization",
        console_url="https://app.ramp.com/settings/ramp-developer",
        checked_on=date(2026, 11, 29),
        authorization_url="https://app.ramp.com/v1/authorize",
        token_url="https://api.ramp.com/developer/v1/token",
        revocation_url="https://api.ramp.com/developer/v1/token/revoke",
        scopes=("business:read", "transactions:read"),
        scope_sets={
            "people": ScopeSet(
                title="People", sentence="See the people of the business", scopes=("users:read",)
            ),
            "bills": ScopeSet(title="Bills", sentence="See bills", scopes=("bills:read",)),
        },
        authorization_method="header",  # quirk 1
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.ramp.com/developer/v1/business",
            id="id",  # quirk 2
            label=("business_name_on_card", "business_name_legal"),
        ),
        api_base_url="https://api.ramp.com/developer/v1",
    )
