"""SoundCloud's contract, by developers.soundcloud.com/docs/api/guide (authentication, GET /me)."""

from gateway.testing import ConnectorContract, documented

ME = "api.soundcloud.com/me"
TOKENS = {
    "access_token": "2-FAKE",
    "token_type": "Bearer",
    "expires_in": 3599,
    "refresh_token": "rtFAKE",
    "scope": "",
}


class TestSoundCloud(ConnectorContract):
    connector = "soundcloud"
    scopes = ()
    exchange = refresh = documented(TOKENS)
    accounts = {
        ("soundcloud:users:7", "Ana Diaz"): {
            ME: {"urn": "soundcloud:users:7", "username": "Ana Diaz", "permalink": "ana-diaz"}
        },
        ("soundcloud:users:7", "ana-diaz"): {
            ME: {"urn": "soundcloud:users:7", "permalink": "ana-diaz"}
        },
        ("soundcloud:users:7", "soundcloud:users:7"): {ME: {"urn": "soundcloud:users:7"}},
    }
