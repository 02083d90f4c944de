"""Dribbble OAuth connector.

Quirks:
1. Access tokens have no end.
2. The documentation knows no PKCE.
3. There is no revocation endpoint; people remove the app in their settings.

Console: Account settings, Applications, with a callback URL.

Scopes: ``public`` reads the person's shots, projects and attachments.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("dribbble", env),
        display_name="Dribbble",
        description="The shots and projects of a designer on Dribbble.",
        category="design",
        docs_url="https://developer.dribbble.com/v2/oauth/",
        console_url="https://dribbble.com/account/applications",
        checked_on=date(2026, 11, 29),
        authorization_url="https://dribbble.com/oauth/authorize",
        token_url="https://dribbble.com/oauth/token",
        scopes=("public",),
        scope_sets={
            "uploads": ScopeSet(
                title="Uploads",
                sentence="Publish, change and delete your shots",
                scopes=("upload",),
            )
        },
        supports_refresh=False,  # quirk 1
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.dribbble.com/v2/user", id="id", label=("name", "login")
        ),
        api_base_url="https://api.dribbble.com/v2",
    )
