"""Threads OAuth connector.

Quirks:
1. The token of the code lives for an hour and is exchanged for one of 60 days, which renews itself
   once it is a day old; there is no refresh token.
2. The answer lists no scopes and no ``expires_in``.
3. Refusals of the Graph API have a number for a code: 190 is a dead token.
4. There is no revocation endpoint; people remove the app in their settings.

Console: an app with the use case "Access the Threads API", and its redirect URI.

Scopes: ``threads_basic`` is needed by every call; it opens profile and posts.
"""

from datetime import date

from connectors import ConnectorConfig, Env, LongLived, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("threads", env),
        display_name="Threads",
        description="Profile, posts and replies of a Threads user.",
        category="media",
        docs_url="https://developers.facebook.com/docs/threads/get-started/get-access-tokens-and-permissions",
        console_url="https://developers.facebook.com/apps/",
        checked_on=date(2026, 11, 29),
        authorization_url="https://threads.net/oauth/authorize",
        token_url="https://graph.threads.net/oauth/access_token",
        long_lived=LongLived(  # quirk 1
            exchange_url="https://graph.threads.net/access_token",
            exchange_params={
                "grant_type": "th_exchange_token",
                "client_secret": "${client_secret}",
                "access_token": "${access_token}",
            },
            renew_url="https://graph.threads.net/refresh_access_token",
            renew_params={"grant_type": "th_refresh_token", "access_token": "${access_token}"},
        ),
        refresh_grace_seconds=86400,
        scope_separator=",",
        scopes=("threads_basic",),
        scope_sets={
            "publishing": ScopeSet(
                title="Publishing", sentence="Publish posts", scopes=("threads_content_publish",)
            ),
            "replies": ScopeSet(
                title="Replies",
                sentence="Read, write and hide replies",
                scopes=("threads_read_replies", "threads_manage_replies"),
            ),
        },
        error_codes={"190": "invalid_grant"},  # quirk 3
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://graph.threads.net/v1.0/me?fields=id,username", id="id", label="username"
        ),
        api_base_url="https://graph.threads.net/v1.0",
    )
