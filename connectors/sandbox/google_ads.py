"""Google Ads, by developers.google.com/identity/protocols/oauth2/web-server, …/openid-connect,
developers.google.com/google-ads/api/rest/auth and …/reference/rpc (ListAccessibleCustomers).
"""

from typing import Any

from connectors.sandbox import ApiCall, IssuedTokens, Refusal, needs, rfc6749, unsigned_jwt
from connectors.sandbox.google import AUTHORIZATION_SERVER

_AUTH = "https://www.googleapis.com/auth"


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    facts = issued.account.facts
    claims = {"iss": "https://accounts.google.com", "sub": facts["sub"]}
    if f"{_AUTH}/userinfo.email" in issued.scopes:
        claims |= {"email": facts["email"]}
    return {"id_token": unsigned_jwt(claims)} if "openid" in issued.scopes else {}


def _customers(call: ApiCall) -> dict[str, Any]:
    return {"resourceNames": ["customers/1234567890"]}


def _api_error(status: int, code: str) -> Refusal:
    return Refusal(status, {"error": {"code": status, "message": "…", "status": code}})


PROVIDER = rfc6749(
    "google-ads",
    title="Google Ads",
    **AUTHORIZATION_SERVER,
    answer=_answer,
    scopes=f"openid {_AUTH}/userinfo.email {_AUTH}/adwords",
    accounts={
        (sub, email): {"sub": sub, "email": email}
        for sub, email in (
            ("100000000000000000011", "ana@acme.example"),
            ("100000000000000000012", "ben@acme.example"),
        )
    },
    api_base="googleads.googleapis.com",
    api={
        "/v26/customers:listAccessibleCustomers": needs(
            f"{_AUTH}/adwords", _api_error(403, "PERMISSION_DENIED"), _customers
        )
    },
    api_headers={"login-customer-id?": frozenset({"1234567890"})},
    api_refusal=_api_error(401, "UNAUTHENTICATED"),
)
