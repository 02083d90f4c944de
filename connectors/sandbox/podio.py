"""Podio, by developers.podio.com: authentication (server-side flow, scopes), user status.

The documentation names no scope of ``/user/status``; here any that reads opens it.
"""

from typing import Any

from connectors.sandbox import ApiCall, IssuedTokens, Refusal, rfc6749


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    # A refresh names the same refresh token once more.
    ref = {"type": "user", "id": issued.account.facts["id"]}
    return {"ref": ref, "refresh_token": issued.refresh_token}


def _status(call: ApiCall) -> dict[str, Any] | Refusal:
    if not {"global:read", "global:all"} & set(call.scopes):
        return Refusal(403, {"error": "forbidden", "error_description": "No scope allows it"})
    known = call.account.facts
    user = {"user_id": known["id"], "mail": known["mail"], "status": "active"}
    return {"user": user, "profile": {"name": known["name"]}}


PROVIDER = rfc6749(
    "podio",
    title="Podio",
    authorize="podio.com/oauth/authorize",
    token="api.podio.com/oauth/token/v2",
    revoke=None,
    client_auth="post",
    body_format="json",
    pkce="ignored",
    rotation="none",
    expires_in=28_800,
    answer=_answer,
    scopes="global:read global:all user:read",
    accounts={
        (str(user), name): {"id": user, "name": name, "mail": mail}
        for user, name, mail in (
            (9000001, "Ana Diaz", "ana@acme.example"),
            (9000002, "Ben Okoro", "ben@acme.example"),
        )
    },
    api_base="api.podio.com",
    api={"/user/status": _status},
    api_auth=("authorization", "OAuth2 "),
    api_refusal=Refusal(401, {"error": "unauthorized", "error_description": "expired_token"}),
)
