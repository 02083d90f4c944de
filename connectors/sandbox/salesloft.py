"""Salesloft, by developers.salesloft.com: OAuth authentication, fetch current user.

What a refresh does to its token is not known: RFC 6749 is taken.
"""

from connectors.sandbox import facts, rfc6749

PROVIDER = rfc6749(
    "salesloft",
    title="Salesloft",
    authorize="accounts.salesloft.com/oauth/authorize",
    token="accounts.salesloft.com/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="strict",
    expires_in=7200,
    scopes="",
    accounts={
        (str(key), name): {"data": {"id": key, "name": name, "email": email}}
        for key, name, email in (
            (8001, "Ana Diaz", "ana@acme.example"),
            (8002, "Ben Okoro", "ben@acme.example"),
        )
    },
    api_base="api.salesloft.com/v2",
    api={"/me": facts("data")},
)
