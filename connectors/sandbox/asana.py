"""Asana, by developers.asana.com/docs/oauth and Asana's OpenAPI document (Asana/openapi).

Revocation: clients that call it. A refresh token: by RFC 6749, since nothing says what a refresh
does to it.
"""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, needs, rfc6749

_FORBIDDEN = Refusal(403, {"errors": [{"message": "Missing the scope users:read"}]})


def _me(call: ApiCall) -> dict[str, Any]:
    return {"data": {**call.account.facts, "resource_type": "user"}}


PROVIDER = rfc6749(
    "asana",
    title="Asana",
    authorize="app.asana.com/-/oauth_authorize",
    token="app.asana.com/-/oauth_token",
    revoke="app.asana.com/-/oauth_revoke",
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="strict",
    expires_in=3600,
    answer=lambda issued: {"token_type": "bearer", "data": issued.account.facts},
    answer_without={"scope"},
    scopes="users:read projects:read tasks:read tasks:write webhooks:write workspaces:read",
    accounts={
        (gid, name): {"gid": gid, "name": name, "email": email}
        for gid, name, email in (
            ("1200000000000001", "Ana Diaz", "ana@acme.example"),
            ("1200000000000002", "Ben Okoro", "ben@globex.example"),
        )
    },
    api_base="app.asana.com/api/1.0",
    api={"/users/me": needs("users:read", _FORBIDDEN, _me)},
    api_refusal=Refusal(401, {"errors": [{"message": "Not Authorized"}]}),
)
