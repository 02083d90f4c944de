"""Zoho CRM, by zoho.com/accounts/protocol/oauth/web-apps and zoho.com/crm/developer/docs/api/v8.

Sources: oauth-overview, auth-request, access-refresh, revoke-tokens, get-users.
"""

from collections.abc import Mapping
from typing import Any

from connectors.sandbox import (
    ApiCall,
    IssuedTokens,
    Refusal,
    RefusedRequest,
    RevokeRules,
    needs,
    rfc6749,
)

_APIS = {
    "zoho.com": "www.zohoapis.com",
    "zoho.eu": "www.zohoapis.eu",
    "zoho.in": "www.zohoapis.in",
    "zoho.com.au": "www.zohoapis.com.au",
    "zoho.jp": "www.zohoapis.jp",
    "zoho.uk": "www.zohoapis.uk",
    "zoho.sa": "www.zohoapis.sa",
    "zohocloud.ca": "www.zohoapis.ca",
    "zoho.com.cn": "www.zohoapis.com.cn",
}
_ACCOUNTS = f"{{{'|'.join(f'{centre}=accounts.{centre}' for centre in _APIS)}}}/oauth/v2"
_API = f"{{{'|'.join(f'{centre}={host}' for centre, host in _APIS.items())}}}/crm/v8"
_CODES = {
    "client": "invalid_client_secret",
    **dict.fromkeys(("code_unknown", "code_used", "code_expired", "redirect_uri"), "invalid_code"),
    **dict.fromkeys(
        ("refresh_token_unknown", "refresh_token_used", "grant_revoked"), "invalid_code"
    ),
}


def _offline(params: Mapping[str, str], consented_before: bool) -> bool:
    asked_again = params.get("prompt") == "consent"
    return params.get("access_type") == "offline" and (asked_again or not consented_before)


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    return {"api_domain": f"https://{_APIS.get(issued.tenant)}"}


def _error(refused: RefusedRequest) -> Refusal:
    if refused.endpoint == "revoke":
        return Refusal(400, {"status": "failure"})
    return Refusal(200, {"error": _CODES.get(refused.reason, refused.error)})


def _api_error(code: str) -> Refusal:
    return Refusal(401, {"code": code, "details": {}, "message": "…", "status": "error"})


def _users(call: ApiCall) -> dict[str, Any]:
    return {"users": [dict(call.account.facts)]}


PROVIDER = rfc6749(
    "zoho-crm",
    title="Zoho CRM",
    authorize=f"{_ACCOUNTS}/auth",
    token=f"{_ACCOUNTS}/token",
    revoke=RevokeRules(
        address=f"{_ACCOUNTS}/token/revoke",
        accepts=frozenset({"refresh_token"}),
        answer={"status": "success"},
    ),
    client_auth="post",
    body_format="form",
    pkce="ignored",  # documented for apps without a secret only
    rotation="none",
    expires_in=3600,
    code_seconds=120,
    offline=_offline,
    answer=_answer,
    error_answer=_error,
    api_refusal=_api_error("INVALID_TOKEN"),
    params={"access_type", "prompt"},
    scopes="ZohoCRM.users.READ ZohoCRM.users.ALL ZohoCRM.modules.READ ZohoCRM.modules.ALL "
    "ZohoCRM.modules.CREATE ZohoSearch.securesearch.READ "
    "ZohoCRM.settings.READ ZohoCRM.org.READ",
    scope_separator=",",
    accounts={
        (number, f"{name} ({email})"): {
            "id": number,
            "zuid": f"7{number[-7:]}",
            "full_name": name,
            "email": email,
        }
        for number, name, email in (
            ("554023000000235011", "Ana Diaz", "ana@acme.example"),
            ("111264000000447003", "Ben Okoro", "ben@globex.example"),
        )
    },
    api_base=_API,
    api={"/users": needs("ZohoCRM.users.READ", _api_error("OAUTH_SCOPE_MISMATCH"), _users)},
    api_auth=("authorization", "Zoho-oauthtoken "),
)
