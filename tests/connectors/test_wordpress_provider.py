"""WordPress.com's contract, by developer.wordpress.com/docs/api/oauth2 and its metadata."""

from gateway.testing import ConnectorContract, documented

ME = "public-api.wordpress.com/oauth2-1/userinfo"
TOKENS = {"token_type": "Bearer", "expires_in": 1209600, "scope": "openid profile sites posts"}


class TestWordPress(ConnectorContract):
    connector = "wordpress"
    scopes = ("openid", "profile", "sites", "posts")
    exchange = documented({**TOKENS, "access_token": "FAKE", "refresh_token": "rFAKE"})
    refresh = documented({**TOKENS, "access_token": "NEW", "refresh_token": "rNEW"})
    accounts = {
        ("77", "Ana Diaz"): {ME: {"sub": "77", "name": "Ana Diaz"}},
        ("77", "anadiaz"): {ME: {"sub": "77", "preferred_username": "anadiaz"}},
        ("77", "77"): {ME: {"sub": "77"}},
    }
