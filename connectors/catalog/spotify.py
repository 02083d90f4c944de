"""Spotify OAuth connector.

Quirks:
1. The token endpoint wants Basic authentication.
2. Without ``show_dialog=true`` a person who agreed before is sent back at once, as the account that
   is signed in.
3. A refresh mostly answers without a refresh token, and the stored one goes on working. One that is
   in an answer takes its place.
4. There is no revocation endpoint; people remove the app in their settings.

Console: an app in development mode serves only the people who are listed under "User Management".

Scopes: ``playlist-read-private`` and ``user-library-read`` show what a person collected; the
account needs no scope.
"""

from datetime import date

from connectors import ConnectorConfig, Env, ScopeSet, account_lookup, app


def create_config(env: Env) -> ConnectorConfig:
    return ConnectorConfig(
        **app("spotify", env),
        display_name="Spotify",
        description="Playlists and saved music of a Spotify account: read and change them.",
        category="media",
        docs_url="https://developer.spotify.com/documentation/web-api/tutorials/code-flow",
        console_url="https://developer.spotify.com/dashboard",
        checked_on=date(2026, 11, 29),
        authorization_url="https://accounts.spotify.com/authorize",
        token_url="https://accounts.spotify.com/api/token",
        scopes=("playlist-read-private", "user-library-read"),
        scope_sets={
            name: ScopeSet(title=title, sentence=sentence, scopes=scopes)
            for name, scopes, title, sentence in (
                (
                    "playlists",
                    ("playlist-modify-private", "playlist-modify-public"),
                    "Playlists",
                    "Create and change your playlists",
                ),
                (
                    "playback",
                    ("user-read-playback-state", "user-modify-playback-state"),
                    "Playback",
                    "See and control what is playing",
                ),
                ("history", ("user-top-read",), "Favourites", "See what you listen to most"),
            )
        },
        extra_authorize_params={"show_dialog": "true"},  # quirk 2
        authorization_method="header",  # quirk 1
        supports_refresh=True,
        refresh_rotation="none",  # quirk 3
        supports_multiple_accounts=True,
        fetch_account_info=account_lookup(
            url="https://api.spotify.com/v1/me", id="id", label="display_name"
        ),
        api_base_url="https://api.spotify.com/v1",
    )
