"""Salesloft, by developers.salesloft.com: API basics (OAuth authentication), current user."""

from typing import Any

from connectors.sandbox import ApiCall, IssuedTokens, Refusal, rfc6749

_NO_TOKEN = "No Bearer Token attached to request, please see documentation"


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    return {"scope": "people:read cadences:read", "created_at": int(issued.issued_at.timestamp())}


def _me(call: ApiCall) -> dict[str, Any]:
    return {"data": {name: call.account.facts[name] for name in ("id", "name", "email")}}


PROVIDER = rfc6749(
    "salesloft",
    title="Salesloft",
    authorize="accounts.salesloft.com/oauth/authorize",
    token="accounts.salesloft.com/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="strict",
    expires_in=7200,
    answer=_answer,
    scopes="",
    accounts={
        (str(number), f"{name} ({email})"): {"id": number, "name": name, "email": email}
        for number, name, email in (
            (101, "Ana Diaz", "ana@acme.example"),
            (102, "Ben Okoro", "ben@globex.example"),
        )
    },
    api_base="api.salesloft.com/v2",
    api={"/me": _me},
    api_refusal=Refusal(401, {"error": _NO_TOKEN}),
)
