"""Dribbble, by developer.dribbble.com/v2: OAuth, users, errors."""

from typing import Any

from connectors.sandbox import IssuedTokens, Refusal, facts, needs, rfc6749

_NO_SCOPE = Refusal(403, {"message": "The token lacks the scope public."})


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    return {"created_at": int(issued.issued_at.timestamp())}


PROVIDER = rfc6749(
    "dribbble",
    title="Dribbble",
    authorize="dribbble.com/oauth/authorize",
    token="dribbble.com/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="never",
    expires_in=None,
    answer=_answer,
    scopes="public upload",
    accounts={
        (str(number), f"{name} ({login})"): {"id": number, "name": name, "login": login}
        for number, name, login in ((41, "Ana Diaz", "anadiaz"), (42, "Ben Okoro", "benokoro"))
    },
    api_base="api.dribbble.com/v2",
    api={"/user": needs("public", _NO_SCOPE, facts("id", "name", "login"))},
    api_refusal=Refusal(401, {"message": "Bad credentials."}),
)
