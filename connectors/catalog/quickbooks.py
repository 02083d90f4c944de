"""QuickBooks Online OAuth connector.

Quirks:
1. Only the callback names the company (``realmId``), which is in every address of the API. A person
   can change the callback, but a token opens no other company than its own: the answer about the
   company is the proof.
2. Companies for tests are at another host. A developer's keys of an app open those alone, and its
   production keys the others.
3. ``CompanyInfo.Id`` is the number of a record in the company and says nothing alone.
4. A new refresh token comes from time to time. That the one before it works on is not confirmed, so
   it counts as dead.
5. The token answer names no scopes.
6. Revocation takes JSON. It ends all tokens of the grant.

Console: an app of Intuit's developer portal, with the scope of Accounting. It has two pairs of
keys, for development and for production (quirk 2).

Scopes: ``com.intuit.quickbooks.accounting`` is the only one that opens the Accounting API.
"""

from datetime import date

from connectors import ConnectionInput, ConnectorConfig, Env, Revocation, account_lookup, app

API = "https://${connection_config.environment.api}/v3/company/${metadata.realm_id}"


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("quickbooks", env),
        display_name="QuickBooks",
        description="Customers, invoices and accounts of a company in QuickBooks Online.",
        category="finance",
        docs_url="https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/oauth-2.0",
        console_url="https://developer.intuit.com/app/developer/dashboard",
        checked_on=date(2026, 11, 29),
        authorization_url="https://appcenter.intuit.com/connect/oauth2",
        token_url="https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
        revocation_url="https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
        revocation=Revocation(body_format="json"),  # quirk 6
        scopes=("com.intuit.quickbooks.accounting",),
        authorization_method="header",
        supports_refresh=True,  # quirk 4
        supports_multiple_accounts=True,
        connection_config={
            "environment": ConnectionInput(  # quirk 2
                title="Company",
                description="Your company, or one of a developer's account for tests.",
                choices={
                    "production": {"title": "My company", "api": "quickbooks.api.intuit.com"},
                    "sandbox": {
                        "title": "A sandbox company",
                        "api": "sandbox-quickbooks.api.intuit.com",
                    },
                },
                default="production",
            )
        },
        callback_metadata={"realm_id": "realmId"},  # quirk 1
        fetch_account_info=account_lookup(
            url=f"{API}/companyinfo/${{metadata.realm_id}}",
            id="${metadata.realm_id}:${CompanyInfo.Id}",  # quirk 3
            label=("CompanyInfo.CompanyName", "CompanyInfo.LegalName"),
        ),
        api_base_url=API,
    )
