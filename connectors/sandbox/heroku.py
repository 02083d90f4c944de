"""Heroku, by devcenter.heroku.com: OAuth, Platform API reference (account, errors)."""

from typing import Any

from connectors.sandbox import IssuedTokens, Refusal, facts, needs, rfc6749

_NO_SCOPE = Refusal(403, {"id": "forbidden", "message": "The scope of this token is too small."})


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    account = issued.account.facts
    return {"user_id": account["id"], "session_nonce": None}


PROVIDER = rfc6749(
    "heroku",
    title="Heroku",
    authorize="id.heroku.com/oauth/authorize",
    token="id.heroku.com/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="strict",
    expires_in=28_799,
    answer=_answer,
    answer_without={"scope"},
    scopes="global identity read write read-protected write-protected",
    accounts={
        (key, f"{name} ({email})"): {"id": key, "name": name, "email": email}
        for key, name, email in (
            ("01234567-89ab-cdef-0123-456789abcde1", "Ana Diaz", "ana@acme.example"),
            ("01234567-89ab-cdef-0123-456789abcde2", "Ben Okoro", "ben@globex.example"),
        )
    },
    api_headers={"accept": frozenset({"application/vnd.heroku+json; version=3"})},
    api_base="api.heroku.com",
    api={"/account": needs("identity", _NO_SCOPE, facts("id", "name", "email"))},
    api_refusal=Refusal(401, {"id": "unauthorized", "message": "Invalid credentials provided."}),
)
