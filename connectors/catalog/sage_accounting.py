"""Sage Accounting OAuth connector.

Quirks:
1. ``filter=apiv3.1`` leads the page to accounts of the current API.
2. An access token lives for five minutes. A refresh answers with a new refresh token, which lives
   for 31 days.
3. A code lives for 60 seconds: it is exchanged inside the callback.

Unconfirmed: whether the refresh token that was used goes on working. It is taken not to; then no
refresh whose answer was lost is repeated.

Console: an app on the developer portal with its callback URL.

Scopes: ``readonly`` opens contacts, invoices and accounts for reading.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("sage-accounting", env),
        display_name="Sage Accounting",
        description="Contacts, invoices and accounts of a business at Sage Accounting.",
        category="finance",
        docs_url="https://developer.sage.com/accounting/guides/authenticating/authentication/",
        console_url="https://developerselfservice.sageone.com",
        checked_on=date(2026, 11, 29),
        authorization_url="https://www.sageone.com/oauth2/auth/central",
        token_url="https://oauth.accounting.sage.com/token",
        revocation_url="https://oauth.accounting.sage.com/revoke",
        scopes=("readonly",),
        scope_sets={
            "write": ScopeSet(
                title="Change records",
                sentence="Create and change contacts and invoices",
                scopes=("full_access",),
            )
        },
        extra_authorize_params={"filter": "apiv3.1"},  # quirk 1
        supports_refresh=True,  # quirk 2
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.accounting.sage.com/v3.1/user",
            id="id",
            label=("email", "displayed_as"),
        ),
        api_base_url="https://api.accounting.sage.com/v3.1",
    )
