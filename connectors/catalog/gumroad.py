"""Gumroad OAuth connector.

Quirks:
1. No ``expires_in``: a token is used until the API refuses it, and refreshed then.
2. ``email`` is told with the scope for sales alone, so the label falls back to the name.

Unconfirmed: whether PKCE is checked, whether a refreshed token ends the one before, and whether
tokens can be revoked: Gumroad's documentation tells nothing of the three.

Console: settings, Advanced, Applications.

Scopes: ``view_profile`` shows who connected. Sales and products are further sets.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("gumroad", env),
        display_name="Gumroad",
        description="A creator's shop at Gumroad: products, sales and subscribers.",
        category="commerce",
        docs_url="https://gumroad.com/api",
        console_url="https://gumroad.com/settings/advanced",
        checked_on=date(2026, 11, 29),
        authorization_url="https://gumroad.com/oauth/authorize",
        token_url="https://api.gumroad.com/oauth/token",
        scopes=("view_profile",),
        scope_sets={
            "sales": ScopeSet(title="Sales", sentence="See sales", scopes=("view_sales",)),
            "products": ScopeSet(
                title="Products", sentence="See and change products", scopes=("edit_products",)
            ),
        },
        supports_refresh=True,  # quirk 1
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.gumroad.com/v2/user",
            id="user.user_id",
            label=("user.email", "user.name"),  # quirk 2
        ),
        api_base_url="https://api.gumroad.com/v2",
    )
