"""Twitch OAuth connector.

Quirks:
1. Every API call names the app in ``Client-Id``; without it the API answers 401.
2. Refusals are ``{"status", "message"}`` without a code. A refresh is refused with 400 if its token
   is unknown, and with 401 after the person changed the password or disconnected the app.
3. Without ``force_verify=true`` a person who agreed before is sent back at once, as the account
   that is signed in.
4. Revoking takes the access token and the app's id, without the secret.
5. The answer lists the granted scopes as an array; the engine reads both.
6. PKCE is not documented; servers ignore parameters that they do not know (RFC 6749 3.1).

Unconfirmed: whether a used refresh token goes on working; it is taken to be dead, which repeats no
refresh.

Console: an application of the type "Confidential". Twitch wants apps to validate tokens hourly at
``https://id.twitch.tv/oauth2/validate``.

Scopes: ``user:read:follows`` shows the channels that a person follows, the least that is useful;
the account needs no scope.
"""

from datetime import date

from connectors import ConnectorConfig, Env, Revocation, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("twitch", env),
        display_name="Twitch",
        description="Channels and streams on Twitch: read them, and run your own channel.",
        category="media",
        docs_url="https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/",
        console_url="https://dev.twitch.tv/console/apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://id.twitch.tv/oauth2/authorize",
        token_url="https://id.twitch.tv/oauth2/token",
        revocation_url="https://id.twitch.tv/oauth2/revoke",
        revocation=Revocation(  # quirk 4
            auth="none", token="access_token", params={"client_id": "${client_id}"}
        ),
        scopes=("user:read:follows",),
        scope_sets={
            name: ScopeSet(title=title, sentence=sentence, scopes=(scope,))
            for name, scope, title, sentence in (
                (
                    "broadcast",
                    "channel:manage:broadcast",
                    "Channel",
                    "Change the title, game and tags of your channel",
                ),
                (
                    "subscribers",
                    "channel:read:subscriptions",
                    "Subscribers",
                    "See who subscribes to your channel",
                ),
                ("chat", "user:write:chat", "Chat", "Write in chats as you"),
            )
        },
        extra_authorize_params={"force_verify": "true"},  # quirk 3
        refresh_rejected_statuses=frozenset({400, 401}),  # quirk 2
        supports_refresh=True,
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.twitch.tv/helix/users",
            id="data[0].id",
            label=("data[0].login", "data[0].display_name"),
        ),
        api_base_url="https://api.twitch.tv/helix",
        api_headers={
            "Authorization": "Bearer ${access_token}",
            "Client-Id": "${client_id}",  # quirk 1
        },
    )
