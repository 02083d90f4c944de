"""Miro, seen from its own side: an app with expiring tokens and the scope boards:read.

Sources: developers.miro.com/docs/getting-started-with-oauth, …/reference/oauth-20-authorization-v2,
…/reference/get-new-access-token-using-refresh-token, …/reference/get-access-token-context.
"""

from typing import Any

from connectors.sandbox import IssuedTokens, Refusal, facts, rfc6749


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    known = issued.account.facts
    ids = {"user_id": known["user"]["id"], "team_id": known["team"]["id"]}
    return {"token_type": "bearer", "scope": "boards:read", **ids}


PROVIDER = rfc6749(
    "miro",
    title="Miro",
    authorize="miro.com/oauth/authorize",
    token="api.miro.com/v1/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="strict",
    ends_access_token=True,
    expires_in=3599,
    answer=_answer,
    params={"team_id"},
    scopes="",
    accounts={
        (f"{team}-{user}", f"{title} ({name})"): {
            "type": "oAuthToken",
            "user": {"type": "user", "id": user, "name": name},
            "team": {"type": "team", "id": team, "name": title},
        }
        for team, title, user, name in (
            ("3458764500000000001", "Acme", "3074457300000000001", "Ana Diaz"),
            ("3458764500000000001", "Acme", "3074457300000000002", "Ben Okoro"),
            ("3458764500000000002", "Side project", "3074457300000000001", "Ana Diaz"),
        )
    },
    api_base="api.miro.com",
    api={"/v1/oauth-token": facts("type", "user", "team")},
    api_refusal=Refusal(
        401, {"status": 401, "code": "tokenNotProvided", "type": "error", "message": "No token"}
    ),
)
