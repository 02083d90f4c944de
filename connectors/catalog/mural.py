"""Mural OAuth connector.

Quirks:
1. An access token lives for 15 minutes.
2. Answers of the API are inside ``value``.
3. There is no revocation endpoint in the documentation; people remove the app in their settings.

Unconfirmed: the life of an access token, which the answer's ``expires_in`` decides, and whether a
refresh replaces the refresh token. It is taken to; then no refresh whose answer was lost is
repeated.

Console: an app under Developers, with its redirect URL and the default scopes.

Scopes: ``identity:read`` lets the account be read, and ``workspaces:read`` and ``murals:read`` open
workspaces and murals.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("mural", env),
        display_name="Mural",
        description="Workspaces, rooms and murals of Mural.",
        category="design",
        docs_url="https://developers.mural.co/public/docs/oauth",
        console_url="https://app.mural.co/me/apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://app.mural.co/api/public/v1/authorization/oauth2/",
        token_url="https://app.mural.co/api/public/v1/authorization/oauth2/token",
        scopes=("identity:read", "workspaces:read", "murals:read"),
        scope_sets={
            "murals": ScopeSet(
                title="Change murals",
                sentence="Create and change murals and their content",
                scopes=("murals:write",),
            )
        },
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://app.mural.co/api/public/v1/users/me",
            id="value.id",  # quirk 2
            label=("value.email", "value.firstName"),
        ),
        api_base_url="https://app.mural.co/api/public/v1",
    )
