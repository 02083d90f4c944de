"""Deel, by developer.deel.com: OAuth2, people (``/people/me``)."""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, needs, rfc6749


def _refusal(status: int, message: str) -> Refusal:
    return Refusal(status, {"request": {}, "errors": [{"message": message}]})


def _me(call: ApiCall) -> dict[str, Any]:
    return {"data": {**call.account.facts}}


PROVIDER = rfc6749(
    "deel",
    title="Deel",
    authorize="app.deel.com/oauth2/authorize",
    token="app.deel.com/oauth2/tokens",
    revoke=None,
    client_auth="basic",
    body_format="form",
    pkce="ignored",
    rotation="strict",
    expires_in=2_592_000,
    required={"response_type": "code", "scope": None},
    scopes="people:read contracts:read organizations:read time-off:read",
    accounts={
        (person, name): {"id": person, "full_name": name, "email": email}
        for person, name, email in (
            ("sandbox-ana", "Ana Diaz", "ana@acme.example"),
            ("sandbox-ben", "Ben Okoro", "ben@acme.example"),
        )
    },
    api_base="api.letsdeel.com/rest/v2",
    api={"/people/me": needs("people:read", _refusal(403, "Insufficient scopes"), _me)},
    api_headers={"x-client-id": frozenset({"sandbox-deel-client"})},
    api_refusal=_refusal(401, "Unauthorized"),
)
