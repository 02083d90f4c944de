"""Asana OAuth connector.

Quirks:
1. The account stands in the token answer as ``data``: no call is needed.
2. An app that was registered with full permissions knows ``default`` alone; these scopes belong to
   an app with permissions of its own choice.

Console: choose the scopes below, and those that tools need, under "Permission scopes", and the
workspaces that may use the app under "Manage distribution".

Unconfirmed: whether a refresh yields another refresh token. The gateway stores one that comes, and
uses none twice.

Scopes: ``projects:read`` and ``tasks:read`` open the work, and ``users:read`` the people who do it.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("asana", env),
        display_name="Asana",
        description="Projects and tasks of Asana: read them, create them, and watch for changes.",
        category="productivity",
        docs_url="https://developers.asana.com/docs/oauth",
        console_url="https://app.asana.com/0/my-apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://app.asana.com/-/oauth_authorize",
        token_url="https://app.asana.com/-/oauth_token",
        revocation_url="https://app.asana.com/-/oauth_revoke",
        scopes=("projects:read", "tasks:read", "users:read"),  # quirk 2
        scope_sets={
            "tasks": ScopeSet(
                title="Tasks", sentence="Create and change tasks", scopes=("tasks:write",)
            ),
            "webhooks": ScopeSet(
                title="Webhooks",
                sentence="Have an address told about changes",
                scopes=("webhooks:write",),
            ),
        },
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            id="data.gid", label=("data.email", "data.name")
        ),  # quirk 1
        api_base_url="https://app.asana.com/api/1.0",
    )
