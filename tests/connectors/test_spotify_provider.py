"""Spotify's contract. Sources: developer.spotify.com, "Authorization Code Flow", "Get Current
User's Profile".
"""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "api.spotify.com/v1/me"
TOKENS = {
    "token_type": "Bearer",
    "scope": "user-library-read playlist-read-private",
    "expires_in": 3600,
}
REVOKED = {"error": "invalid_grant", "error_description": "Refresh token revoked"}


class TestSpotify(ConnectorContract):
    connector = "spotify"
    scopes = ("playlist-read-private", "user-library-read")
    exchange = documented({**TOKENS, "access_token": "NgCXRFAKE", "refresh_token": "NgAagFAKE"})
    refresh = documented({**TOKENS, "access_token": "NgCXRNEW"})
    accounts = {
        ("wizzler", "Ana Diaz"): {ME: {"id": "wizzler", "display_name": "Ana Diaz"}},
        ("wizzler", "wizzler"): {ME: {"id": "wizzler", "display_name": None}},
    }
    refusals = (ErrorSample(400, REVOKED, TokenRejected, on_refresh=True),)
