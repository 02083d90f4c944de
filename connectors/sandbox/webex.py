"""Webex, by developer.webex.com: integrations and authorization, people/me, REST API basics."""

from typing import Any

from connectors.sandbox import IssuedTokens, Refusal, facts, needs, rfc6749

_NO_SCOPE = Refusal(403, {"message": "The request requires higher privileges.", "errors": []})
_NO_TOKEN = Refusal(
    401, {"message": "The request requires a valid access token set in the Authorization header."}
)


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    # A refresh names the same refresh token once more.
    return {"refresh_token": issued.refresh_token, "refresh_token_expires_in": 7_776_000}


PROVIDER = rfc6749(
    "webex",
    title="Webex",
    authorize="webexapis.com/v1/authorize",
    token="webexapis.com/v1/access_token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="none",
    expires_in=1_209_600,
    answer=_answer,
    answer_without={"scope"},
    scopes="spark:people_read spark:rooms_read spark:rooms_write spark:messages_read "
    "spark:messages_write spark:memberships_read meeting:schedules_read",
    accounts={
        (key, f"{name} ({email})"): {"id": key, "displayName": name, "emails": [email]}
        for key, name, email in (
            ("Y2lzY29zcGFyazovL3NhbmRib3gvYW5h", "Ana Diaz", "ana@acme.example"),
            ("Y2lzY29zcGFyazovL3NhbmRib3gvYmVu", "Ben Okoro", "ben@globex.example"),
        )
    },
    api_base="webexapis.com/v1",
    api={"/people/me": needs("spark:people_read", _NO_SCOPE, facts("id", "displayName", "emails"))},
    api_refusal=_NO_TOKEN,
)
