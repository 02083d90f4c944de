"""Snapchat, by developers.snap.com: Ads API, authentication, authenticated user."""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, needs, rfc6749


def _refusal(status: int, code: str) -> Refusal:
    return Refusal(status, {"request_status": "ERROR", "error_code": code})


def _me(call: ApiCall) -> dict[str, Any]:
    known = call.account.facts
    person = {"id": known["id"], "email": known["email"], "display_name": known["name"]}
    return {"request_status": "SUCCESS", "request_id": "sandbox", "me": person}


PROVIDER = rfc6749(
    "snapchat",
    title="Snapchat",
    authorize="accounts.snapchat.com/login/oauth2/authorize",
    token="accounts.snapchat.com/login/oauth2/access_token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="ignored",
    rotation="strict",
    expires_in=1800,
    required={"response_type": "code", "scope": None},
    scopes="snapchat-marketing-api snapchat-offline-conversions-api",
    accounts={
        (user, name): {"id": user, "name": name, "email": email}
        for user, name, email in (
            ("sandbox-ana", "Ana Diaz", "ana@acme.example"),
            ("sandbox-ben", "Ben Okoro", "ben@acme.example"),
        )
    },
    api_base="adsapi.snapchat.com/v1",
    api={"/me": needs("snapchat-marketing-api", _refusal(403, "E1003"), _me)},
    api_refusal=_refusal(401, "E1001"),
)
