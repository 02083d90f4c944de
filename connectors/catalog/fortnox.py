"""Fortnox OAuth connector.

Quirks:
1. The token endpoint wants Basic authentication.
2. ``access_type=offline`` has to be there.
3. A refresh token can be used once, and ends after 45 days.
4. The grant is for one company: the identity is the company.
5. PKCE is not documented; servers ignore parameters that they do not know (RFC 6749 3.1).

Unconfirmed: the revocation endpoint, which is not described here; people remove the app in their
settings. Client authentication, token life, refusals and the members of the account's answer were
described without the provider's own documentation at hand.

Console: an integration of the developer portal, with the scopes ticked that are requested.

Scopes: ``companyinformation`` opens the account, and ``invoice`` its invoices. Each of them reads
and writes: Fortnox has none that reads alone.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("fortnox", env),
        display_name="Fortnox",
        description="Invoices, customers and bookkeeping of a company in Fortnox.",
        category="finance",
        docs_url="https://www.fortnox.se/developer/authorization",
        console_url="https://apps.fortnox.se/developer-portal",
        checked_on=date(2026, 11, 29),
        authorization_url="https://apps.fortnox.se/oauth-v1/auth",
        token_url="https://apps.fortnox.se/oauth-v1/token",
        scopes=("companyinformation", "invoice"),
        scope_sets={
            "customers": ScopeSet(
                title="Customers", sentence="See and change customers", scopes=("customer",)
            ),
            "books": ScopeSet(
                title="Bookkeeping",
                sentence="See and write vouchers and accounts",
                scopes=("bookkeeping",),
            ),
        },
        extra_authorize_params={"access_type": "offline"},  # quirk 2
        authorization_method="header",  # quirk 1
        supports_refresh=True,  # quirk 3
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(  # quirk 4
            url="https://api.fortnox.se/3/companyinformation",
            id="CompanyInformation.DatabaseNumber",
            label=("CompanyInformation.CompanyName", "CompanyInformation.OrganizationNumber"),
        ),
        api_base_url="https://api.fortnox.se/3",
    )
