"""HubSpot, seen from its own side: its OAuth endpoints of 2026-03.

Sources: HubSpot's public API specifications (Auth OAuth 2026-03, Account Info v3);
developers.hubspot.com, OAuth guides and changelog (the end of the v1 OAuth endpoints).
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import (
    ApiCall,
    ApiRules,
    AuthorizeRules,
    FictionalAccount,
    GrantRules,
    IntrospectRules,
    IssuedTokens,
    Reason,
    Refusal,
    RefusedRequest,
    RevokeRules,
    SimulatedProvider,
    TokenRules,
)

_CLIENT_ID = "sandbox0-5a5a-4000-8000-000000000000"
_CORRELATION_ID = "00000000-0000-4000-8000-000000000000"
_SCOPES = frozenset(
    {
        "oauth",
        "crm.objects.contacts.read",
        "crm.objects.contacts.write",
        "crm.objects.companies.read",
        "crm.objects.deals.read",
    }
)

_BAD_REFRESH_TOKEN = ("BAD_REFRESH_TOKEN", "refresh token is invalid, expired or revoked")
_ERRORS: dict[Reason, tuple[str, str]] = {
    "body": ("BAD_REQUEST", "the body cannot be read"),
    "parameters": ("BAD_REQUEST", "a parameter is missing or unknown"),
    "header": ("BAD_REQUEST", "a header is missing"),
    "client": ("BAD_CLIENT_SECRET", "missing or invalid client secret"),
    "scope": ("BAD_SCOPE", "a scope is not valid"),
    "redirect_uri": ("MISMATCH_REDIRECT_URI_AUTH_CODE", "redirect uri does not match auth code"),
    "verifier": ("BAD_AUTH_CODE", "code verifier does not match"),
    "code_unknown": ("BAD_AUTH_CODE", "missing or unknown auth code"),
    "code_used": ("BAD_AUTH_CODE", "missing or unknown auth code"),
    "code_expired": ("EXPIRED_AUTH_CODE", "auth code is expired"),
    "refresh_token_unknown": _BAD_REFRESH_TOKEN,
    "refresh_token_used": _BAD_REFRESH_TOKEN,
    "grant_revoked": _BAD_REFRESH_TOKEN,
    "token": ("BAD_TOKEN", "missing or unknown token"),
}


def _account(
    hub_id: int, user_id: int, user: str, hub_domain: str, **details: Any
) -> FictionalAccount:
    return FictionalAccount(
        key=f"{hub_id}-{user_id}",
        label=f"{hub_domain} ({user})",
        facts={
            "hub_id": hub_id,
            "user_id": user_id,
            "user": user,
            "hub_domain": hub_domain,
            "details": {"portalId": hub_id, "accountType": "STANDARD", **details},
        },
    )


_AMERICAN = {
    "timeZone": "US/Eastern",
    "companyCurrency": "USD",
    "additionalCurrencies": [],
    "utcOffset": "-05:00",
    "utcOffsetMilliseconds": -18000000,
    "uiDomain": "app.hubspot.com",
    "dataHostingLocation": "na1",
}
_EUROPEAN = {
    "timeZone": "Europe/Berlin",
    "companyCurrency": "EUR",
    "additionalCurrencies": ["USD"],
    "utcOffset": "+01:00",
    "utcOffsetMilliseconds": 3600000,
    "uiDomain": "app-eu1.hubspot.com",
    "dataHostingLocation": "eu1",
}


def _token_answer(issued: IssuedTokens) -> dict[str, Any]:
    facts = issued.account.facts
    return {
        "token_type": "bearer",
        "access_token": issued.access_token,
        "refresh_token": issued.refresh_token,  # after a refresh, the same once more
        "expires_in": issued.expires_in,
        "hub_id": facts["hub_id"],
        "user_id": facts["user_id"],
        "scopes": list(issued.scopes),
        "token_use": "access_token",
    }


def _introspection(call: ApiCall) -> dict[str, Any]:
    facts = call.account.facts
    return {
        "active": True,
        "token_use": "access_token",
        "token_type": "access",
        "user": facts["user"],
        "user_id": facts["user_id"],
        "hub_domain": facts["hub_domain"],
        "hub_id": facts["hub_id"],
        "app_id": 456,
        "client_id": _CLIENT_ID,
        "scopes": list(call.scopes),
        "is_private_distribution": False,
    }


def _api_error(status: int, category: str, message: str) -> Refusal:
    return Refusal(
        status=status,
        body={
            "status": "error",
            "message": message,
            "correlationId": _CORRELATION_ID,
            "category": category,
        },
    )


def _error_answer(refused: RefusedRequest) -> Refusal:
    if refused.endpoint == "api":
        message = "Authentication credentials not found, expired or revoked."
        return _api_error(401, "INVALID_AUTHENTICATION", message)
    status, text = _ERRORS[refused.reason]
    if refused.error == "unsupported_grant_type":
        status, text = "BAD_GRANT_TYPE", "missing or unknown grant type"
    return Refusal(
        status=refused.status,
        body={"error": refused.error, "error_description": text, "status": status, "message": text},
    )


def _details(call: ApiCall) -> dict[str, Any] | Refusal:
    if "oauth" not in call.scopes:
        message = "This app hasn't been granted all required scopes to make this call."
        return _api_error(403, "MISSING_SCOPES", message)
    return dict(call.account.facts["details"])


PROVIDER = SimulatedProvider(
    name="hubspot",
    display_name="HubSpot",
    client_id=_CLIENT_ID,
    client_secret="sandbox0-0000-4000-8000-not0a0secret",
    accounts=(
        _account(41000001, 101, "ana@acme.example", "acme.example", **_AMERICAN),
        _account(41000001, 102, "ben@acme.example", "acme.example", **_AMERICAN),
        _account(41000002, 103, "cleo@umbra.example", "umbra.example", **_EUROPEAN),
    ),
    authorize=AuthorizeRules(
        address="app.hubspot.com/oauth/authorize",
        params=frozenset({"optional_scope"}),
        required={"response_type": "code", "scope": None},
        known_scopes=_SCOPES,
    ),
    token=TokenRules(
        address="api.hubapi.com/oauth/2026-03/token",
        client_auth="post",
        body_format="form",
        exchange_params=frozenset({"grant_type", "code", "redirect_uri", "code_verifier?"}),
        refresh_params=frozenset({"grant_type", "refresh_token"}),
    ),
    grant=GrantRules(
        access_token_prefix="CIsandbox-",
        refresh_token_prefix="na1-sandbox-",
        expires=lambda params: 1800,
        offline=lambda params, consented_before: True,
        rotation="none",
    ),
    revoke=RevokeRules(
        address="api.hubapi.com/oauth/2026-03/token/revoke",
        client_auth="post",
        accepts=frozenset({"refresh_token"}),
        reach="account",
    ),
    introspect=IntrospectRules(
        address="api.hubapi.com/oauth/2026-03/token/introspect",
        client_auth="post",
        answer=_introspection,
    ),
    api=(ApiRules(address="api.hubapi.com/account-info/v3/details", answer=_details),),
    api_hosts=frozenset({"api.hubapi.com"}),
    token_answer=_token_answer,
    error_answer=_error_answer,
)
