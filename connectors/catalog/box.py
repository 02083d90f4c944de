"""Box OAuth connector.

Quirks:
1. A refresh token can be used once, and lives for 60 days.
2. The answers do not list the granted scopes: those that were requested count.
3. PKCE is not documented; servers ignore parameters that they do not know (RFC 6749 3.1).

Console: a "Custom App" with "User Authentication (OAuth 2.0)". Tick the scopes at the app, too: it
never gets more than those.

Scopes: ``root_readonly`` lists and downloads files and folders, and is the least with which a
connection is useful; the account needs no scope.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("box", env),
        display_name="Box",
        description="Files and folders in Box: list, read and download them.",
        category="productivity",
        docs_url="https://developer.box.com/guides/authentication/oauth2",
        console_url="https://app.box.com/developers/console",
        checked_on=date(2026, 11, 29),
        authorization_url="https://account.box.com/api/oauth2/authorize",
        token_url="https://api.box.com/oauth2/token",
        revocation_url="https://api.box.com/oauth2/revoke",
        scopes=("root_readonly",),  # quirk 2
        scope_sets={
            "files": ScopeSet(
                title="Change files",
                sentence="Upload, change and delete files and folders",
                scopes=("root_readwrite",),
            )
        },
        supports_refresh=True,  # quirk 1
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.box.com/2.0/users/me", id="id", label=("login", "name")
        ),
        api_base_url="https://api.box.com/2.0",
    )
