"""Autodesk OAuth connector, for Autodesk Platform Services.

Quirks:
1. A refresh token works once and lives for 15 days; each refresh replaces it.
2. The userinfo is at a host of its own.
3. The token answer does not list the granted scopes.

Console: an app of the type "Traditional Web App" with its callback URL and the APIs that it needs.

Scopes: ``user-profile:read`` lets the account be read, and ``data:read`` opens projects and files.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("autodesk", env),
        display_name="Autodesk",
        description="Projects, designs and files of Autodesk, such as those of Fusion and BIM 360.",
        category="design",
        docs_url="https://aps.autodesk.com/en/docs/oauth/v2/tutorials/get-3-legged-token/",
        console_url="https://aps.autodesk.com/myapps/",
        checked_on=date(2026, 11, 29),
        authorization_url="https://developer.api.autodesk.com/authentication/v2/authorize",
        token_url="https://developer.api.autodesk.com/authentication/v2/token",
        revocation_url="https://developer.api.autodesk.com/authentication/v2/revoke",
        scopes=("user-profile:read", "data:read"),
        scope_sets={
            "write": ScopeSet(
                title="Write files",
                sentence="Create and change files and projects",
                scopes=("data:write", "data:create"),
            )
        },
        authorization_method="header",
        supports_refresh=True,  # quirk 1
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.userprofile.autodesk.com/userinfo", id="sub", label=("email", "name")
        ),
        api_base_url="https://developer.api.autodesk.com",
        api_hosts=("api.userprofile.autodesk.com",),  # quirk 2
    )
