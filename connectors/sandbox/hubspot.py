"""HubSpot, by its API specifications (Auth OAuth 2026-03, Account Info v3) and guides."""

from typing import Any

from connectors.sandbox import (
    ApiCall,
    IntrospectRules,
    IssuedTokens,
    KeyRules,
    Place,
    Refusal,
    RefusedRequest,
    RevokeRules,
    facts,
    needs,
    rfc6749,
)

_OAUTH = "api.hubapi.com/oauth/2026-03/token"
_STATUS = {
    **dict.fromkeys(("verifier", "code_unknown", "code_used"), "BAD_AUTH_CODE"),
    **dict.fromkeys(
        ("refresh_token_unknown", "refresh_token_used", "grant_revoked"), "BAD_REFRESH_TOKEN"
    ),
    "client": "BAD_CLIENT_SECRET",
    "scope": "BAD_SCOPE",
    "redirect_uri": "MISMATCH_REDIRECT_URI_AUTH_CODE",
    "code_expired": "EXPIRED_AUTH_CODE",
    "token": "BAD_TOKEN",
}


def _error(refused: RefusedRequest) -> Refusal:
    status = _STATUS.get(refused.reason, "BAD_REQUEST")
    if refused.error == "unsupported_grant_type":
        status = "BAD_GRANT_TYPE"
    body = {**refused.standard.body, "status": status, "message": refused.description}
    return Refusal(refused.status, body)


def _api_error(status: int, category: str, message: str) -> Refusal:
    return Refusal(status, {"status": "error", "message": message, "category": category})


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    ids = {name: issued.account.facts[name] for name in ("hub_id", "user_id")}
    # After a refresh, the answer names the same refresh token once more.
    return {**ids, "refresh_token": issued.refresh_token, "scopes": list(issued.scopes)}


def _introspection(call: ApiCall) -> dict[str, Any]:
    return {"active": True, **call.account.facts, "app_id": 456, "scopes": list(call.scopes)}


_with_scope = needs(
    "oauth", _api_error(403, "MISSING_SCOPES", "Scopes are missing."), facts("portalId")
)


def _details(call: ApiCall) -> Any:
    # Each private app has the scope "oauth"; no list of a key's scopes is kept here.
    return (_with_scope if call.scopes else facts("portalId"))(call)


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
    scopes="oauth crm.objects.contacts.read crm.objects.contacts.write "
    "crm.objects.companies.read crm.objects.deals.read",
    accounts={
        (f"{hub}-{number}", f"{name}@{domain}"): {
            "user": f"{name}@{domain}",
            "user_id": number,
            "hub_domain": domain,
            "hub_id": hub,
            "portalId": hub,
        }
        for hub, number, name, domain in (
            (41000001, 101, "ana", "acme.example"),
            (41000002, 103, "cleo", "umbra.example"),
            (41000001, 102, "ben", "acme.example"),
        )
    },
    api_base="api.hubapi.com",
    api={"/account-info/v3/details": _details},
    api_refusal=_api_error(401, "INVALID_AUTHENTICATION", "Credentials not found or expired."),
    keys=KeyRules(  # private apps
        held={
            "41000001-101": {"key": "pat-na1-1a2b3c4d-5e6f-4081-92a3-b4c5d6e7f809"},
            "41000002-103": {"key": "pat-eu1-2b3c4d5e-6f70-4192-a3b4-c5d6e7f8091a"},
        },
        place=Place(headers={"authorization": "Bearer {key}"}),
    ),
)
