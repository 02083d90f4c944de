"""Raindrop.io, by developer.raindrop.io: obtain access token, authenticated user."""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, rfc6749


def _user(call: ApiCall) -> dict[str, Any]:
    return {"result": True, "user": dict(call.account.facts)}


PROVIDER = rfc6749(
    "raindrop",
    title="Raindrop.io",
    authorize="raindrop.io/oauth/authorize",
    token="raindrop.io/oauth/access_token",
    revoke=None,
    client_auth="post",
    body_format="json",
    pkce="ignored",
    rotation="strict",
    expires_in=1_209_599,
    answer={"expires": 1_209_599_977},
    answer_without={"scope"},
    scopes="",
    accounts={
        (str(number), f"{name} ({email})"): {"_id": number, "fullName": name, "email": email}
        for number, name, email in (
            (3201, "Ana Diaz", "ana@acme.example"),
            (3202, "Ben Okoro", "ben@globex.example"),
        )
    },
    api_base="api.raindrop.io/rest/v1",
    api={"/user": _user},
    api_refusal=Refusal(401, {"result": False, "errorMessage": "Incorrect access_token"}),
)
