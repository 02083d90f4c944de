"""Gumroad's contract, by gumroad.com/api (authentication, GET /user)."""

from gateway.testing import ConnectorContract, documented

USER = "api.gumroad.com/v2/user"
TOKENS = {
    "access_token": "at_FAKE",
    "token_type": "Bearer",
    "refresh_token": "rt_FAKE",
    "scope": "view_profile",
    "created_at": 1764374400,
}
KNOWN = {"bio": "a sailor, a tailor", "user_id": "G_-FAKE=="}


class TestGumroad(ConnectorContract):
    connector = "gumroad"
    scopes = ("view_profile",)
    exchange = refresh = documented(TOKENS)
    accounts = {
        ("G_-FAKE==", "john@acme.example"): {
            USER: {"user": {**KNOWN, "name": "John", "email": "john@acme.example"}}
        },
        ("G_-FAKE==", "John"): {USER: {"user": {**KNOWN, "name": "John"}}},
        ("G_-FAKE==", "G_-FAKE=="): {USER: {"user": KNOWN}},
    }
