"""Slack OAuth connector.

Token rotation: https://docs.slack.dev/authentication/using-token-rotation

Quirks:
1. A bot token acts as the app, a user token as the person. Tools act for people, so the user token
   is requested: its scopes go into ``user_scope``. In ``scope`` they would ask for a bot.
2. The user token of the exchange is nested in ``authed_user``, with its own ``scope``,
   ``refresh_token`` and ``expires_in``. A refresh answers flat.
3. ``token_type`` is ``user`` (or ``bot``), and the token is used as Bearer. A bot token in place of
   the person's is refused.
4. Scopes are separated by commas. With spaces, they are one unknown scope.
5. Every failure is HTTP 200 with ``"ok": false`` and one of Slack's own codes. Without the mapping
   a dead refresh token would look like an outage for ever.
6. PKCE stays off: it works only for apps that switched it on, which cannot be undone and turns the
   app into a public client whose refresh tokens die after 30 days.
7. Tokens expire (12 hours) and refresh only if the app has token rotation switched on. Without it
   they live until revoked, and the answer has neither ``expires_in`` nor ``refresh_token``.
8. Revoking is an API call with the token itself, ``auth.revoke``. The documentation does not say
   whether the refresh token ends with it; it is deleted here either way.
9. The same person of the same workspace is one account: a second consent continues the same chain
   of refresh tokens.

Console: enter the default scopes under User Token Scopes, and switch token rotation on (quirk 7).
Leave PKCE off (quirk 6).

Scopes: ``users:read`` lets tools put names to people, ``channels:read`` lets them find a channel:
the least with which a tool can do anything. No default reads or writes messages: a tool names what
it needs.
"""

from datetime import date

from connectors import (
    ConnectorConfig,
    Env,
    ErrorInSuccess,
    Revocation,
    ScopeSet,
    account_lookup,
    app,
)


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("slack", env),
        display_name="Slack",
        description="Channels, people and messages of a Slack workspace.",
        category="communication",
        docs_url="https://docs.slack.dev/authentication/installing-with-oauth",
        console_url="https://api.slack.com/apps",
        checked_on=date(2026, 11, 21),
        authorization_url="https://slack.com/oauth/v2/authorize",
        token_url="https://slack.com/api/oauth.v2.access",
        revocation_url="https://slack.com/api/auth.revoke",
        revocation=Revocation(auth="access_token", token=None),  # quirk 8
        scopes=("users:read", "channels:read"),
        scope_sets={
            name: ScopeSet(title=title, sentence=sentence, scopes=(scope,))
            for name, scope, title, sentence in (
                ("history", "channels:history", "Messages", "Read the messages of public channels"),
                ("search", "search:read", "Search", "Search the messages that you may see"),
                ("chat", "chat:write", "Sending", "Send messages as you, and delete them"),
                (
                    "reactions",
                    "reactions:write",
                    "Reactions",
                    "Add and remove emoji reactions as you",
                ),
                (
                    "emails",
                    "users:read.email",
                    "E-mail addresses",
                    "See the e-mail addresses of people",
                ),
            )
        },
        scope_param="user_scope",  # quirk 1
        scope_separator=",",  # quirk 4
        use_pkce=False,  # quirk 6
        authorization_method="header",
        alternate_access_token_response_path="authed_user.access_token",  # quirk 2
        token_types=frozenset({"user"}),  # quirk 3
        error_in_success=ErrorInSuccess(flag="ok"),  # quirk 5
        error_codes={  # quirk 5
            "invalid_code": "invalid_grant",
            "invalid_refresh_token": "invalid_grant",
            "invalid_client_id": "invalid_client",
            "bad_client_secret": "invalid_client",
            "ratelimited": "slow_down",
        },
        supports_refresh=True,  # quirk 7
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://slack.com/api/auth.test",
            method="POST",
            id="${team_id}:${user_id}",  # quirk 9
            label=("${user} (${team})", "user"),
            metadata={"team_id": "team_id", "team": "team", "url": "url"},
        ),
        api_base_url="https://slack.com/api",
    )
