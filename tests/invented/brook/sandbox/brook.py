"""Brook, seen from its own side. Sources: developers.brook.example/oauth, …/api/boards."""

from typing import Any

from connectors.sandbox import IssuedTokens, facts, rfc6749


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    known = issued.account.facts
    return {"scope": ",".join(issued.scopes), "user": known["user"], "team": known["team"]}


PROVIDER = rfc6749(
    "brook",
    title="Brook",
    authorize="brook.example/oauth/authorize",
    token="api.brook.example/oauth/token",
    revoke=None,
    client_auth="basic",
    body_format="json",
    pkce="required",
    rotation="never",
    expires_in=None,
    answer=_answer,
    scopes="boards.read cards.read",
    scope_separator=",",
    accounts={
        ("7-1", "Ana"): {"user": {"id": "1", "name": "Ana"}, "team": {"id": "7", "name": "Blue"}},
        ("7-2", "Ben"): {"user": {"id": "2", "name": "Ben"}, "team": {"id": "7", "name": "Blue"}},
    },
    api_base="api.brook.example/v1",
    api={"/me": facts("user", "team")},
)
