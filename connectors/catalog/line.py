"""LINE OAuth connector, by LINE Login 2.1.

Quirks:
1. Revoking takes the access token as ``access_token``, a name that no field can say. Disconnecting
   ends nothing at LINE; people remove the app in their account settings.
2. A refresh token lives for 90 days at most.

Unconfirmed: whether a refresh replaces the refresh token. It is taken to; then no refresh whose
answer was lost is repeated.

Console: a LINE Login channel of the type "Web app", with its callback URL.

Scopes: ``profile`` opens the profile: name, picture and status.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("line", env),
        display_name="LINE",
        description="The profile of a LINE user: name, picture and status message.",
        category="communication",
        docs_url="https://developers.line.biz/en/reference/line-login/",
        console_url="https://developers.line.biz/console/",
        checked_on=date(2026, 11, 29),
        authorization_url="https://access.line.me/oauth2/v2.1/authorize",
        token_url="https://api.line.me/oauth2/v2.1/token",
        scopes=("profile",),
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.line.me/v2/profile", id="userId", label="displayName"
        ),
        api_base_url="https://api.line.me",
    )
