"""Figma OAuth connector.

Quirks:
1. Both token endpoints want Basic authentication.
2. Refreshing has its own address, with ``refresh_token`` as the only parameter. At the token
   endpoint it fails, 90 days after connecting. The answer names no refresh token: the stored one
   stays.
3. Errors are ``{"error": true, "status", "message"}`` and not RFC 6749's. The documentation does
   not say what a 400 from the refresh address means; integrators take it for a dead refresh token.
   Taken for a passing fault, it would never ask the person to reconnect.
4. A code lives for 30 seconds: it is exchanged inside the callback.
5. The documented example separates scopes by commas; spaces are taken, too.
6. There is no revocation endpoint; people remove the app in their settings.

Console: choose the default scopes at the app.

Scopes: ``current_user:read`` lets the account be read; ``file_content:read`` is the smallest that
makes a new connection useful. ``files:read`` is deprecated.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("figma", env),
        display_name="Figma",
        description="Design files of Figma: read their layers, components and comments.",
        category="design",
        docs_url="https://developers.figma.com/docs/rest-api/authentication",
        console_url="https://www.figma.com/developers/apps",
        checked_on=date(2026, 11, 21),
        authorization_url="https://www.figma.com/oauth",
        token_url="https://api.figma.com/v1/oauth/token",
        refresh_url="https://api.figma.com/v1/oauth/refresh",  # quirk 2
        scope_separator=",",  # quirk 5
        omit_refresh_params=frozenset({"grant_type"}),  # quirk 2
        refresh_rejected_statuses=frozenset({400}),  # quirk 3
        scopes=("current_user:read", "file_content:read"),
        scope_sets={
            name: ScopeSet(title=title, sentence=sentence, scopes=(scope,))
            for name, scope, title, sentence in (
                ("comments", "file_comments:read", "Comments", "Read the comments on files"),
                (
                    "commenting",
                    "file_comments:write",
                    "Commenting",
                    "Write comments on files as you, and delete them",
                ),
                (
                    "projects",
                    "projects:read",
                    "Projects",
                    "See the projects of your teams, and their files",
                ),
            )
        },
        authorization_method="header",  # quirk 1
        supports_refresh=True,
        refresh_rotation="none",
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.figma.com/v1/me",
            id="id",
            label=("email", "handle"),
            metadata={"handle": "handle"},
        ),
        api_base_url="https://api.figma.com/v1",
    )
