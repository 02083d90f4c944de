"""Kit, by developers.kit.com (OAuth, account, errors) and Kit's OpenAPI document."""

from typing import Any

from connectors.sandbox import ApiCall, IssuedTokens, Refusal, rfc6749


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    return {"scope": "public", "created_at": int(issued.issued_at.timestamp())}


def _account(call: ApiCall) -> dict[str, Any]:
    account = call.account.facts
    said = {"id": account["id"], "name": account["name"], "plan_type": "creator"}
    return {
        "user": {"email": account["email"]},
        "account": {**said, "primary_email_address": account["email"]},
    }


PROVIDER = rfc6749(
    "kit",
    title="Kit",
    authorize="api.kit.com/v4/oauth/authorize",
    token="api.kit.com/v4/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="json",
    pkce="verified",
    rotation="strict",
    expires_in=7200,
    answer=_answer,
    scopes="",
    accounts={
        (str(number), f"{company} ({name})"): {"id": number, "name": company, "email": email}
        for number, company, email, name in (
            (59, "Acme", "ana@acme.example", "Ana Diaz"),
            (60, "Globex", "ben@globex.example", "Ben Okoro"),
        )
    },
    api_base="api.kit.com/v4",
    api={"/account": _account},
    api_refusal=Refusal(401, {"errors": ["The access token is invalid"]}),
)
