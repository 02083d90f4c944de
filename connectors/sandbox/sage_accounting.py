"""Sage Accounting, by developer.sage.com/accounting: authentication, user, troubleshooting."""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, rfc6749


def _refusal(status: int, code: str) -> Refusal:
    return Refusal(status, {"$severity": "error", "$dataCode": code, "$message": "Refused"})


def _user(call: ApiCall) -> dict[str, Any] | Refusal:
    known = call.account.facts
    return {**known} if call.scopes else _refusal(403, "AuthorizationError")


PROVIDER = rfc6749(
    "sage-accounting",
    title="Sage Accounting",
    authorize="www.sageone.com/oauth2/auth/central",
    token="oauth.accounting.sage.com/token",
    revoke="oauth.accounting.sage.com/revoke",
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="strict",
    expires_in=300,
    code_seconds=60,
    answer={"refresh_token_expires_in": 2_678_400},
    params={"country", "locale"},
    required={"response_type": "code", "filter": "apiv3.1"},
    scopes="readonly full_access",
    accounts={
        (user, name): {"id": user, "displayed_as": name, "email": email}
        for user, name, email in (
            ("sandboxana", "Ana Diaz", "ana@acme.example"),
            ("sandboxben", "Ben Okoro", "ben@acme.example"),
        )
    },
    api_base="api.accounting.sage.com/v3.1",
    api={"/user": _user},
    api_refusal=_refusal(401, "Unauthorized"),
)
