"""Front, by dev.frontapp.com/docs/oauth and dev.frontapp.com/reference: API token details."""

from datetime import timedelta
from typing import Any

from connectors.sandbox import IssuedTokens, Refusal, facts, rfc6749


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    ends = issued.issued_at + timedelta(seconds=issued.expires_in or 0)
    # A refresh names the same refresh token once more.
    return {"expires_at": int(ends.timestamp()), "refresh_token": issued.refresh_token}


PROVIDER = rfc6749(
    "front",
    title="Front",
    authorize="app.frontapp.com/oauth/authorize",
    token="app.frontapp.com/oauth/token",
    revoke=None,
    client_auth="basic",
    body_format="form",
    pkce="ignored",
    rotation="none",
    expires_in=3600,
    answer=_answer,
    answer_without={"expires_in", "scope"},
    scopes="",
    accounts={
        (company, f"{name} ({person})"): {"id": company, "name": name}
        for company, name, person in (
            ("cmp_sandbox1", "Acme", "Ana Diaz"),
            ("cmp_sandbox2", "Globex", "Ben Okoro"),
        )
    },
    api_base="api2.frontapp.com",
    api={"/me": facts("id", "name")},
    api_refusal=Refusal(401, {"_error": {"status": 401, "title": "Unauthenticated"}}),
)
