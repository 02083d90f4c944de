"""Fortnox, seen from its own side.

Sources: fortnox.se/developer/authorization (get authorization code, get access token, refresh
access token, scopes), apps.fortnox.se/apidocs (company information).
"""

from typing import Any

from connectors.sandbox import ApiCall, Refusal, needs, rfc6749


def _company(call: ApiCall) -> dict[str, Any]:
    return {"CompanyInformation": dict(call.account.facts)}


def _api_error(status: int, code: int, message: str) -> Refusal:
    return Refusal(status, {"ErrorInformation": {"error": 1, "message": message, "code": code}})


PROVIDER = rfc6749(
    "fortnox",
    title="Fortnox",
    authorize="apps.fortnox.se/oauth-v1/auth",
    token="apps.fortnox.se/oauth-v1/token",
    revoke=None,
    client_auth="basic",
    body_format="form",
    pkce="ignored",
    rotation="strict",
    expires_in=3600,
    answer={"token_type": "bearer"},
    params={"access_type", "account_type"},
    required={"response_type": "code", "scope": None, "access_type": "offline"},
    scopes="companyinformation invoice customer bookkeeping article order supplier",
    accounts={
        (str(number), f"{title} ({person})"): {
            "DatabaseNumber": number,
            "CompanyName": title,
            "OrganizationNumber": f"556{number}-0001",
        }
        for number, title, person in (
            (211001, "Diaz AB", "Ana Diaz"),
            (211002, "Okoro AB", "Ben Okoro"),
        )
    },
    api_base="api.fortnox.se/3",
    api={
        "/companyinformation": needs(
            "companyinformation", _api_error(403, 2000663, "No permission for this"), _company
        )
    },
    api_refusal=_api_error(401, 2000311, "Authentication failed"),
)
