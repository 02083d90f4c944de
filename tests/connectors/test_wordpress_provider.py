<<<<<<< HEAD
"""WordPress.com's contract, by developer.wordpress.com/docs/api/oauth2 and its metadata."""

from gateway.testing import ConnectorContract, documented

ME = "public-api.wordpress.com/oauth2-1/userinfo"
TOKENS = {"token_type": "Bearer", "expires_in": 1209600, "scope": "openid profile sites posts"}
=======
"""WordPress.com's contract, by developer.wordpress.com/docs/oauth2."""

from gateway.errors import TokenRejected
from gateway.testing import ConnectorContract, ErrorSample, documented

ME = "public-api.wordpress.com/rest/v1.1/me"
TOKENS = {
    "token_type": "bearer",
    "blog_id": "0",
    "blog_url": "https://wordpress.com",
    "scope": "global",
}
>>>>>>> 9c560c34 (Describe DigitalOcean, WordPress.com, Close, Salesloft, Patreon, Harvest)


class TestWordPress(ConnectorContract):
    connector = "wordpress"
<<<<<<< HEAD
    scopes = ("openid", "profile", "sites", "posts")
    exchange = documented({**TOKENS, "access_token": "FAKE", "refresh_token": "rFAKE"})
    refresh = documented({**TOKENS, "access_token": "NEW", "refresh_token": "rNEW"})
    accounts = {
        ("77", "Ana Diaz"): {ME: {"sub": "77", "name": "Ana Diaz"}},
        ("77", "anadiaz"): {ME: {"sub": "77", "preferred_username": "anadiaz"}},
        ("77", "77"): {ME: {"sub": "77"}},
    }
=======
    scopes = ("global",)
    exchange = documented({**TOKENS, "access_token": "at_FAKE"})
    accounts = {
        ("78972699", "ana@acme.example"): {
            ME: {"ID": 78972699, "display_name": "Ana Diaz", "email": "ana@acme.example"}
        },
        ("78972699", "Ana Diaz"): {ME: {"ID": 78972699, "display_name": "Ana Diaz"}},
        ("78972699", "78972699"): {ME: {"ID": 78972699}},
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)
>>>>>>> 9c560c34 (Describe DigitalOcean, WordPress.com, Close, Salesloft, Patreon, Harvest)
