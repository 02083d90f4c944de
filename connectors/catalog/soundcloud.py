"""SoundCloud OAuth connector.

Quirks:
1. There are no scopes: a token opens all that the person may do.
2. The API wants ``OAuth`` before the token.
3. A refresh token works once. PKCE is required.
4. Ids are moving from numbers to names (``urn``), which is the one that stays.

Unconfirmed: revocation. SoundCloud documents a sign-out with the access token alone, as JSON.

Console: Your apps. New apps are registered by request.

Scopes: none exist, none are requested.
"""

from datetime import date

from connectors import ConnectorConfig, Env, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("soundcloud", env),
        display_name="SoundCloud",
        description="Music at SoundCloud: tracks, playlists, likes and followers of a person.",
        category="media",
        docs_url="https://developers.soundcloud.com/docs/api/guide#authentication",
        console_url="https://soundcloud.com/you/apps",
        checked_on=date(2026, 11, 29),
        authorization_url="https://secure.soundcloud.com/authorize",
        token_url="https://secure.soundcloud.com/oauth/token",
        scopes_sent=False,  # quirk 1
        supports_refresh=True,  # quirk 3
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.soundcloud.com/me", id="urn", label=("username", "permalink")
        ),  # quirk 4
        api_base_url="https://api.soundcloud.com",
        api_headers={"Authorization": "OAuth ${access_token}"},  # quirk 2
    )
