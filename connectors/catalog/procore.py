"""Procore OAuth connector.

Quirks:
1. There are no scopes: an app has what its manifest and the person's permissions allow.
2. A refresh token can be used once, also if the answer was lost.
3. Almost every API call names a company in ``Procore-Company-Id``, which a tool learns from
   ``/rest/v1.0/companies``: a person may belong to several.
4. Revoking ends the access token and the refresh token.
5. PKCE is not documented; servers ignore parameters that they do not know (RFC 6749 3.1).

Console: an app of the developer portal with production credentials. A company's administrator
installs it before its people can use it.

Scopes: none exist, none are requested.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("procore", env),
        display_name="Procore",
        description="Construction projects in Procore: drawings, requests and budgets.",
        category="productivity",
        docs_url="https://developers.procore.com/documentation/oauth-endpoints",
        console_url="https://developers.procore.com/developers",
        checked_on=date(2026, 11, 29),
        authorization_url="https://login.procore.com/oauth/authorize",
        token_url="https://login.procore.com/oauth/token",
        revocation_url="https://login.procore.com/oauth/revoke",  # quirk 4
        scopes_sent=False,  # quirk 1
        supports_refresh=True,  # quirk 2
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.procore.com/rest/v1.0/me", id="id", label=("login", "name")
        ),
        api_base_url="https://api.procore.com",
    )
