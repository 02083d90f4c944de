"""Autodesk, by aps.autodesk.com/en/docs/oauth/v2 (three-legged token, refresh, revoke, userinfo)
and its metadata, developer.api.autodesk.com/.well-known/openid-configuration."""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, facts, needs, rfc6749

_OAUTH = "developer.api.autodesk.com/authentication/v2"
_NO_SCOPE = Refusal(403, {"developerMessage": "Token does not have the privilege"})


def _hubs(call: ApiCall) -> dict[str, Any]:
    return {"jsonapi": {"version": "1.0"}, "data": []}


PROVIDER = rfc6749(
    "autodesk",
    title="Autodesk",
    authorize=f"{_OAUTH}/authorize",
    token=f"{_OAUTH}/token",
    revoke=f"{_OAUTH}/revoke",
    client_auth="basic",
    body_format="form",
    pkce="verified",
    rotation="strict",
    expires_in=3599,
    answer_without={"scope"},
    params={"prompt", "nonce"},
    scopes="user-profile:read data:read data:write data:create account:read",
    accounts={
        (sub, name): {"sub": sub, "name": name, "email": email}
        for sub, name, email in (
            ("SANDBOXANA", "Ana Diaz", "ana@acme.example"),
            ("SANDBOXBEN", "Ben Okoro", "ben@acme.example"),
        )
    },
    api_base="developer.api.autodesk.com",
    api={
        "api.userprofile.autodesk.com/userinfo": needs(
            "user-profile:read", _NO_SCOPE, facts("sub", "name", "email")
        ),
        "/project/v1/hubs": needs("data:read", _NO_SCOPE, _hubs),
    },
    api_hosts={"api.userprofile.autodesk.com", "developer.api.autodesk.com"},
    api_refusal=Refusal(401, {"developerMessage": "The token is invalid"}),
)
