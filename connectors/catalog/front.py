"""Front OAuth connector.

Quirks:
1. The app's settings decide the scopes; the authorization page takes none.
2. The token answer tells the end of a token as a moment, ``expires_at``. The engine reads it.
3. A refresh answers with the same refresh token; in the last day of its six months, with a new one.
4. The grant belongs to the company: ``/me`` describes it, and only an administrator can connect.
5. There is no revocation endpoint.

Console: an app with the feature OAuth, its redirect URL, and the scopes of its token.

Scopes: none are sent. "Shared resources: read" at the app makes a new connection useful.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("front", env),
        display_name="Front",
        description="Conversations, contacts and inboxes of a Front company.",
        category="support",
        docs_url="https://dev.frontapp.com/docs/oauth",
        console_url="https://app.frontapp.com/settings/developers/apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://app.frontapp.com/oauth/authorize",
        token_url="https://app.frontapp.com/oauth/token",
        scopes_sent=False,  # quirk 1
        authorization_method="header",
        supports_refresh=True,
        refresh_rotation="none",  # quirk 3
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api2.frontapp.com/me",
            id="id",  # quirk 4
            label="name",
        ),
        api_base_url="https://api2.frontapp.com",
    )
