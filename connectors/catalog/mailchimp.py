"""Mailchimp OAuth connector.

Quirks:
1. Every account lives in one data centre. Only the metadata call tells the host of its API.
2. The metadata call takes ``OAuth`` in place of ``Bearer``, and so does the API.
3. Access tokens have no end (``expires_in`` is 0), and there are no refresh tokens.
4. There are no scopes, and there is no revocation endpoint: people remove the app in their account,
   under Integrations.
5. An account has several people, and each of them gets tokens of their own.

Console: a registered app, with its redirect URI.

Scopes: none.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("mailchimp", env),
        display_name="Mailchimp",
        description="Audiences, campaigns and reports of a Mailchimp account.",
        category="marketing",
        docs_url="https://mailchimp.com/developer/marketing/guides/access-user-data-oauth-2/",
        console_url="https://admin.mailchimp.com/account/oauth2/",
        checked_on=date(2026, 11, 29),
        authorization_url="https://login.mailchimp.com/oauth2/authorize",
        token_url="https://login.mailchimp.com/oauth2/token",
        scopes_sent=False,  # quirk 4
        supports_refresh=False,  # quirk 3
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://login.mailchimp.com/oauth2/metadata",
            id="${user_id}:${login.login_id}",  # quirk 5
            label=("accountname", "login.login_email"),
            metadata={"api_endpoint": "api_endpoint"},  # quirk 1
        ),
        api_base_url="https://${metadata.api_endpoint}/3.0",
        api_hosts=("login.mailchimp.com", "*.api.mailchimp.com"),
        api_headers={"Authorization": "OAuth ${access_token}"},  # quirk 2
    )
