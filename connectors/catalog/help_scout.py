"""Help Scout OAuth connector.

Quirks:
1. There are no scopes: a token does what the person can do.
2. The redirect URI is that of the app; the documented requests name it nowhere. The gateway sends
   it as RFC 6749 says, and integrators do the same.
3. There is no revocation endpoint; people remove the app in their profile, under Authorized Apps.

Unconfirmed: whether a refresh replaces the refresh token. It is taken to; then no refresh whose
answer was lost is repeated.

Console: an app under Your Profile, My Apps, with its redirect URL.

Scopes: none exist.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("help-scout", env),
        display_name="Help Scout",
        description="Conversations, customers and inboxes of a Help Scout account.",
        category="support",
        docs_url="https://developer.helpscout.com/mailbox-api/overview/authentication/",
        console_url="https://secure.helpscout.net/users/apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://secure.helpscout.net/authentication/authorizeClientApplication",
        token_url="https://api.helpscout.net/v2/oauth2/token",
        scopes_sent=False,  # quirk 1
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.helpscout.net/v2/users/me", id="id", label=("email", "firstName")
        ),
        api_base_url="https://api.helpscout.net/v2",
    )
