"""Contentful OAuth connector.

Quirks:
1. The authorization takes one scope: ``content_management_manage`` holds the other one.
2. Access tokens have no end, and there are no refresh tokens.
3. There is no revocation endpoint for clients; people remove the app in their account settings.

Unconfirmed: the code flow and that its tokens have no end. The documentation describes the implicit
flow; integrators use this one.

Console: an OAuth application in the account settings, of the kind "confidential".

Scopes: ``content_management_read`` opens spaces, content types and entries for reading.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("contentful", env),
        display_name="Contentful",
        description="Spaces, content types and entries that a Contentful user can read.",
        category="productivity",
        docs_url="https://www.contentful.com/developers/docs/extensibility/oauth/",
        console_url="https://app.contentful.com/account/profile/developers/applications",
        checked_on=date(2026, 11, 29),
        authorization_url="https://be.contentful.com/oauth/authorize",
        token_url="https://be.contentful.com/oauth/token",
        scopes=("content_management_read",),  # quirk 1
        supports_refresh=False,  # quirk 2
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.contentful.com/users/me", id="sys.id", label=("email", "firstName")
        ),
        api_base_url="https://api.contentful.com",
    )
