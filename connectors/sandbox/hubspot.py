"""HubSpot, seen from its own side: its OAuth endpoints of 2026-03.

Sources: HubSpot's public API specifications (Auth OAuth 2026-03, Account Info v3);
developers.hubspot.com, OAuth guides and changelog (the end of the v1 OAuth endpoints).
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import (
    ApiCall,
    IntrospectRules,
    IssuedTokens,
    Reason,
    Refusal,
    RefusedRequest,
    RevokeRules,
    rfc6749,
)

_API = "api.hubapi.com"
_OAUTH = f"{_API}/oauth/2026-03/token"
_BAD_CODE = ("BAD_AUTH_CODE", "missing or unknown auth code")
_BAD_REFRESH_TOKEN = ("BAD_REFRESH_TOKEN", "refresh token is invalid, expired or revoked")
_ERRORS: dict[Reason, tuple[str, str]] = {
    "client": ("BAD_CLIENT_SECRET", "missing or invalid client secret"),
    "scope": ("BAD_SCOPE", "a scope is not valid"),
    "redirect_uri": ("MISMATCH_REDIRECT_URI_AUTH_CODE", "redirect uri does not match auth code"),
    "verifier": ("BAD_AUTH_CODE", "code verifier does not match"),
    "code_unknown": _BAD_CODE,
    "code_used": _BAD_CODE,
    "code_expired": ("EXPIRED_AUTH_CODE", "auth code is expired"),
    "refresh_token_unknown": _BAD_REFRESH_TOKEN,
    "refresh_token_used": _BAD_REFRESH_TOKEN,
    "grant_revoked": _BAD_REFRESH_TOKEN,
    "token": ("BAD_TOKEN", "missing or unknown token"),
}


def _error(refused: RefusedRequest) -> Refusal:
    status, text = _ERRORS.get(refused.reason, ("BAD_REQUEST", refused.description))
    if refused.error == "unsupported_grant_type":
        status, text = "BAD_GRANT_TYPE", "missing or unknown grant type"
    standard = {"error": refused.error, "error_description": text}
    return Refusal(refused.status, {**standard, "status": status, "message": text})


def _api_error(status: int, category: str, message: str) -> Refusal:
    body = {"correlationId": "00000000-0000-4000-8000-000000000000", "category": category}
    return Refusal(status, {"status": "error", "message": message, **body})


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    facts = issued.account.facts
    return {
        "token_type": "bearer",
        "refresh_token": issued.refresh_token,  # after a refresh, the same once more
        "hub_id": facts["hub_id"],
        "user_id": facts["user_id"],
        "scopes": list(issued.scopes),
        "token_use": "access_token",
    }


def _introspection(call: ApiCall) -> dict[str, Any]:
    return {
        "active": True,
        "token_use": "access_token",
        "token_type": "access",
        **call.account.facts,
        "app_id": 456,
        "client_id": "sandbox-hubspot-client",
        "scopes": list(call.scopes),
        "is_private_distribution": False,
    }


def _details(call: ApiCall) -> dict[str, Any] | Refusal:
    if "oauth" not in call.scopes:
        message = "This app hasn't been granted all required scopes to make this call."
        return _api_error(403, "MISSING_SCOPES", message)
    return {
        "portalId": call.account.facts["hub_id"],
        "accountType": "STANDARD",
        "timeZone": "US/Eastern",
        "companyCurrency": "USD",
        "additionalCurrencies": [],
        "utcOffset": "-05:00",
        "utcOffsetMilliseconds": -18000000,
        "uiDomain": "app.hubspot.com",
        "dataHostingLocation": "na1",
    }


PROVIDER = rfc6749(
    "hubspot",
    title="HubSpot",
    authorize="app.hubspot.com/oauth/authorize",
    token=_OAUTH,
    revoke=RevokeRules(
        address=f"{_OAUTH}/revoke",
        client_auth="post",
        accepts=frozenset({"refresh_token"}),
        reach="account",
    ),
    introspect=IntrospectRules(
        address=f"{_OAUTH}/introspect", client_auth="post", answer=_introspection
    ),
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="none",
    expires_in=1800,
    answer=_answer,
    answer_without={"scope"},
    error_answer=_error,
    params={"optional_scope"},
    required={"response_type": "code", "scope": None},
    scopes={
        "oauth",
        "crm.objects.contacts.read",
        "crm.objects.contacts.write",
        "crm.objects.companies.read",
        "crm.objects.deals.read",
    },
    accounts={
        (f"{hub}-{number}", f"{user.partition('@')[2]} ({user})"): {
            "user": user,
            "user_id": number,
            "hub_domain": user.partition("@")[2],
            "hub_id": hub,
        }
        for hub, number, user in (
            (41000001, 101, "ana@acme.example"),
            (41000002, 103, "cleo@umbra.example"),
            (41000001, 102, "ben@acme.example"),
        )
    },
    api_base=_API,
    api={"/account-info/v3/details": _details},
    api_refusal=_api_error(
        401, "INVALID_AUTHENTICATION", "Authentication credentials not found, expired or revoked."
    ),
)
