"""Contentful, by contentful.com/developers/docs: OAuth, content management API (user).

The code flow: integrations that exchange the code at ``/oauth/token``.
"""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, rfc6749


def _refusal(status: int, name: str) -> Refusal:
    return Refusal(status, {"sys": {"type": "Error", "id": name}, "message": "Refused"})


def _me(call: ApiCall) -> dict[str, Any] | Refusal:
    if not call.scopes:
        return _refusal(403, "AccessDenied")
    known = call.account.facts
    return {"sys": {"type": "User", "id": known["id"]}, "email": known["email"]}


PROVIDER = rfc6749(
    "contentful",
    title="Contentful",
    authorize="be.contentful.com/oauth/authorize",
    token="be.contentful.com/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="never",
    expires_in=None,
    scopes="content_management_read content_management_manage",
    accounts={
        (user, name): {"id": user, "email": email}
        for user, name, email in (
            ("sandboxAna", "Ana Diaz", "ana@acme.example"),
            ("sandboxBen", "Ben Okoro", "ben@acme.example"),
        )
    },
    api_base="api.contentful.com",
    api={"/users/me": _me},
    api_refusal=_refusal(401, "AccessTokenInvalid"),
)
