"""Vercel's contract, by vercel.com/docs/sign-in-with-vercel: authorization server API, tokens."""

from gateway.testing import ConnectorContract, documented

ME = "api.vercel.com/login/oauth/userinfo"
SUB = "345e869043f1e55f8bdc837c"
TOKEN = {
    "token_type": "Bearer",
    "expires_in": 3600,
    "scope": "openid email profile offline_access",
    "id_token": "eyJFAKE",
}


class TestVercel(ConnectorContract):
    connector = "vercel"
    scopes = ("openid", "profile", "email", "offline_access")
    exchange = documented({**TOKEN, "access_token": "vca_FAKE", "refresh_token": "vcr_FAKE"})
    refresh = documented({**TOKEN, "access_token": "vca_NEW", "refresh_token": "vcr_NEW"})
    accounts = {
        (SUB, "ana@acme.example"): {ME: {"sub": SUB, "email": "ana@acme.example"}},
        (SUB, "ana-diaz"): {ME: {"sub": SUB, "preferred_username": "ana-diaz", "name": "Ana"}},
    }
