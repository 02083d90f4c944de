"""Moneybird OAuth connector.

Quirks:
1. A person allows one administration, which is the account.
2. No ``expires_in``: a token is used until the API refuses it, and refreshed then.
3. Every address of the API ends with ``.json``.

Unconfirmed: whether PKCE is checked, and whether a refreshed token ends the one before.

Console: your account, Developers, an external OAuth application.

Scopes: ``sales_invoices`` opens invoices and contacts, and is what Moneybird takes if nothing is
asked for. Documents, estimates and the bank are further sets.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("moneybird", env),
        display_name="Moneybird",
        description="Bookkeeping of small companies: invoices, contacts, documents and the bank.",
        category="finance",
        docs_url="https://developer.moneybird.com/authentication/",
        console_url="https://moneybird.com/user/applications/new",
        checked_on=date(2026, 11, 29),
        authorization_url="https://moneybird.com/oauth/authorize",
        token_url="https://moneybird.com/oauth/token",
        scopes=("sales_invoices",),
        scope_sets={
            "purchases": ScopeSet(
                title="Documents", sentence="See and change documents", scopes=("documents",)
            ),
            "offers": ScopeSet(
                title="Estimates", sentence="See and change estimates", scopes=("estimates",)
            ),
            "banking": ScopeSet(
                title="Bank", sentence="See and change the bank's transactions", scopes=("bank",)
            ),
        },
        supports_refresh=True,  # quirk 2
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(  # quirk 1
            url="https://moneybird.com/api/v2/administrations.json",  # quirk 3
            id="[0].id",
            label="[0].name",
        ),
        api_base_url="https://moneybird.com/api/v2",
    )
