"""GetResponse OAuth connector.

Quirks:
1. The token endpoint wants Basic authentication.
2. There are no scopes: a token opens the whole account.

Unconfirmed: whether a used refresh token goes on working. The gateway uses none twice.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("getresponse", env),
        display_name="GetResponse",
        description="E-mail marketing with GetResponse: contacts, lists and newsletters.",
        category="marketing",
        docs_url="https://apidocs.getresponse.com/v3/authentication/oauth2",
        console_url="https://app.getresponse.com/authorizations",
        checked_on=date(2026, 11, 29),
        authorization_url="https://app.getresponse.com/oauth2_authorize.html",
        token_url="https://api.getresponse.com/v3/token",
        scopes_sent=False,
        authorization_method="header",  # quirk 1
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.getresponse.com/v3/accounts",
            id="accountId",
            label=("email", "firstName"),
        ),
        api_base_url="https://api.getresponse.com/v3",
    )
