"""Spotify, seen from its own side.

Sources: developer.spotify.com/documentation/web-api/tutorials/code-flow, …/refreshing-tokens,
…/concepts/scopes, …/reference/get-current-users-profile.
"""

from connectors.sandbox import Refusal, facts, rfc6749

PROVIDER = rfc6749(
    "spotify",
    title="Spotify",
    authorize="accounts.spotify.com/authorize",
    token="accounts.spotify.com/api/token",
    revoke=None,
    client_auth="basic",
    body_format="form",
    pkce="verified",
    rotation="none",
    expires_in=3600,
    params={"show_dialog"},
    account_choice={"show_dialog": "true"},
    scopes="playlist-read-private playlist-read-collaborative playlist-modify-private "
    "playlist-modify-public user-library-read user-library-modify user-read-private "
    "user-read-playback-state user-modify-playback-state user-top-read user-follow-read",
    accounts={
        (number, name): {"id": number, "display_name": name, "type": "user"}
        for number, name in (("sandbox-ana", "Ana Diaz"), ("sandbox-ben", "Ben Okoro"))
    },
    api_base="api.spotify.com/v1",
    api={"/me": facts("id", "display_name", "type")},
    api_refusal=Refusal(401, {"error": {"status": 401, "message": "The access token expired"}}),
)
