"""Unsplash OAuth connector.

Quirks:
1. There are no refresh tokens, and no answer tells an end: a token is used until the API refuses
   it.
2. There is no revocation endpoint; people remove the app in their settings.
3. PKCE is not documented; servers ignore parameters that they do not know (RFC 6749 3.1).

Unconfirmed: client authentication, token life, refusals and the members of the account's answer,
which were described without the provider's own documentation at hand.

Scopes: ``public`` is part of every token, and ``read_user`` opens the account.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("unsplash", env),
        display_name="Unsplash",
        description="Photos on Unsplash: find them, and keep collections of them.",
        category="media",
        docs_url="https://unsplash.com/documentation/user-authentication-workflow",
        console_url="https://unsplash.com/oauth/applications",
        checked_on=date(2026, 11, 29),
        authorization_url="https://unsplash.com/oauth/authorize",
        token_url="https://unsplash.com/oauth/token",
        scopes=("public", "read_user"),
        scope_sets={
            "collections": ScopeSet(
                title="Collections",
                sentence="See and change your collections",
                scopes=("read_collections", "write_collections"),
            ),
            "likes": ScopeSet(title="Likes", sentence="Like photos", scopes=("write_likes",)),
        },
        supports_refresh=False,  # quirk 1
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.unsplash.com/me", id="id", label=("username", "email")
        ),
        api_base_url="https://api.unsplash.com",
    )
