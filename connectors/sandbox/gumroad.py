"""Gumroad, by gumroad.com/api (authentication, scopes, GET /user) and its own source
(antiwork/gumroad, config/initializers/doorkeeper.rb: tokens that do not end, and are refreshed)."""

from typing import Any

from connectors.sandbox import ApiCall, IssuedTokens, Refusal, rfc6749


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    return {"token_type": "Bearer", "created_at": int(issued.issued_at.timestamp())}


def _user(call: ApiCall) -> dict[str, Any] | Refusal:
    if not {"view_profile", "account"} & {*call.scopes}:
        return Refusal(403, {"success": False, "message": "The access token has no such scope."})
    known = dict(call.account.facts)
    if "view_sales" not in call.scopes:
        del known["email"]
    return {"success": True, "user": known}


PROVIDER = rfc6749(
    "gumroad",
    title="Gumroad",
    authorize="gumroad.com/oauth/authorize",
    token="api.gumroad.com/oauth/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="strict",
    expires_in=None,
    code_seconds=600,
    answer=_answer,
    required={"response_type": "code", "scope": None},
    scopes="view_profile edit_products view_sales view_payouts mark_sales_as_shipped edit_sales"
    " account",
    accounts={
        (key, name): {
            "user_id": f"G_-mnBf9b1j9A7a4ub4{key}==",
            "name": name,
            "bio": None,
            "email": f"{key}@acme.example",
        }
        for key, name in (("ana", "Ana Diaz"), ("ben", "Ben Okoro"))
    },
    api_base="api.gumroad.com/v2",
    api={"/user": _user},
)
