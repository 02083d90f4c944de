"""Zoho CRM OAuth connector.

Quirks:
1. Every data centre has its own accounts server, and an account exists at one of them. A code and a
   refresh token are taken there and nowhere else.
2. The token answer names the API's host in ``api_domain``.
3. Only ``access_type=offline`` brings a refresh token, and after the first consent only
   ``prompt=consent`` brings it again. It is used again and again.
4. A refusal comes with HTTP 200 and codes of Zoho's own: ``invalid_code`` stands for a dead code as
   well as for a dead refresh token.
5. Scopes are separated by commas in the request.
6. The API takes ``Zoho-oauthtoken`` in place of ``Bearer``.
7. A token belongs to one organisation of the person, and so does the ``id`` of a CRM user. The
   person's ``zuid`` is the same in all organisations.
8. Revocation needs no client authentication. Zoho documents its token in the query; that it is
   taken from the body, as at the token endpoint, is not confirmed.

Console: a Server-based Application. Switch on "Use the same OAuth credentials for all data centers"
under Settings, or only accounts of the console's own data centre can connect; China has a console
of its own.

Scopes: ``ZohoCRM.users.READ`` tells the person, and ``ZohoCRM.modules.READ`` opens the records.
"""

from datetime import date

from connectors import (
    ConnectionInput,
    ConnectorConfig,
    Env,
    ErrorInSuccess,
    Revocation,
    ScopeSet,
    account_lookup,
    app,
)

ACCOUNTS = "https://accounts.${connection_config.data_centre}/oauth/v2"
API = "https://${metadata.api_domain}/crm/v8"
DATA_CENTRES = {
    "zoho.com": "United States",
    "zoho.eu": "Europe",
    "zoho.in": "India",
    "zoho.com.au": "Australia",
    "zoho.jp": "Japan",
    "zoho.uk": "United Kingdom",
    "zoho.sa": "Saudi Arabia",
    "zohocloud.ca": "Canada",
    "zoho.com.cn": "China",
}


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("zoho-crm", env),
        display_name="Zoho CRM",
        description="Leads, contacts and deals of Zoho CRM.",
        category="crm",
        docs_url="https://www.zoho.com/crm/developer/docs/api/v8/oauth-overview.html",
        console_url="https://api-console.zoho.com",
        checked_on=date(2026, 11, 29),
        authorization_url=f"{ACCOUNTS}/auth",
        token_url=f"{ACCOUNTS}/token",
        revocation_url=f"{ACCOUNTS}/token/revoke",
        revocation=Revocation(auth="none"),  # quirk 8
        scopes=("ZohoCRM.users.READ", "ZohoCRM.modules.READ"),
        scope_separator=",",  # quirk 5
        scope_sets={
            "create": ScopeSet(
                title="New records",
                sentence="Create records in all modules",
                scopes=("ZohoCRM.modules.CREATE",),
            ),
            "search": ScopeSet(
                title="Search",
                sentence="Search the records",
                scopes=("ZohoSearch.securesearch.READ",),
            ),
        },
        extra_authorize_params={"access_type": "offline", "prompt": "consent"},  # quirk 3
        error_in_success=ErrorInSuccess(),  # quirk 4
        error_codes={  # quirk 4
            "invalid_code": "invalid_grant",
            "invalid_client_secret": "invalid_client",
        },
        supports_refresh=True,
        refresh_rotation="none",  # quirk 3
        supports_multiple_accounts=True,
        connection_config={  # quirk 1
            "data_centre": ConnectionInput(
                title="Data centre",
                description="The region of your Zoho account.",
                where="It is the ending of the address at which you use Zoho CRM, "
                "such as crm.zoho.eu.",
                choices={domain: {"title": title} for domain, title in DATA_CENTRES.items()},
            )
        },
        fetch_account_info=account_lookup(
            url=f"{API}/users?type=CurrentUser",
            id="users[0].id",  # quirk 7
            label=("users[0].email", "users[0].full_name"),
        ),
        token_metadata={"api_domain": "api_domain"},  # quirk 2
        api_base_url=API,
        api_hosts=tuple(f"www.zohoapis.{domain.partition('.')[2]}" for domain in DATA_CENTRES),
        api_headers={"Authorization": "Zoho-oauthtoken ${access_token}"},  # quirk 6
    )
