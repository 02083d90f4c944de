"""Vimeo's contract. Source: developer.vimeo.com/api/authentication."""

from gateway.errors import TokenRejected
from gateway.testing import AccountSample, ConnectorContract, ErrorSample, documented

USER = {"uri": "/users/152184", "name": "Ana Diaz", "link": "https://vimeo.com/ana"}
TOKENS = {
    "access_token": "vimeoFAKE",
    "token_type": "bearer",
    "scope": "public private",
    "user": USER,
}


def told(name: str, link: str | None = USER["link"]) -> AccountSample:
    """The account in the token answer."""
    return AccountSample(token_answer={**TOKENS, "user": {**USER, "name": name, "link": link}})


class TestVimeo(ConnectorContract):
    connector = "vimeo"
    scopes = ("public", "private")
    exchange = documented(TOKENS)
    accounts = {
        ("/users/152184", "Ana Diaz"): told("Ana Diaz"),
        ("/users/152184", "https://vimeo.com/ana"): told(""),
    }
    refusals = (ErrorSample(400, {"error": "invalid_grant"}, TokenRejected),)
