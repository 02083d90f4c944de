"""Mural, by developers.mural.co/public: OAuth, scopes, get current user."""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, needs, rfc6749

_API = "app.mural.co/api/public/v1"


def _refusal(status: int, code: str) -> Refusal:
    return Refusal(status, {"code": code, "message": "Refused"})


def _me(call: ApiCall) -> dict[str, Any]:
    return {"value": {**call.account.facts}}


PROVIDER = rfc6749(
    "mural",
    title="Mural",
    authorize=f"{_API}/authorization/oauth2/",
    token=f"{_API}/authorization/oauth2/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="strict",
    expires_in=900,
    scopes="identity:read workspaces:read rooms:read murals:read murals:write templates:read",
    accounts={
        (user, name): {"id": user, "firstName": name.split()[0], "email": email}
        for user, name, email in (
            ("uSandboxAna", "Ana Diaz", "ana@acme.example"),
            ("uSandboxBen", "Ben Okoro", "ben@acme.example"),
        )
    },
    api_base=_API,
    api={"/users/me": needs("identity:read", _refusal(403, "FORBIDDEN"), _me)},
    api_refusal=_refusal(401, "UNAUTHORIZED"),
)
