"""Microsoft, seen from its own side: the identity platform (v2.0) and Microsoft Graph.

Sources: learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow,
…/scopes-oidc, …/id-token-claims-reference, …/reference-error-codes, …/refresh-tokens;
learn.microsoft.com/graph/api/user-get, …/graph/errors.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from connectors.sandbox import (
    ApiCall,
    ApiRules,
    AuthorizeRules,
    FictionalAccount,
    GrantRules,
    IssuedTokens,
    Reason,
    Refusal,
    RefusedRequest,
    SimulatedProvider,
    TokenRules,
)

_CLIENT_ID = "sandbox0-5a5a-4000-8000-000000000000"
_GRAPH = "https://graph.microsoft.com"
_OPENID_SCOPES = frozenset({"openid", "profile", "email", "offline_access"})
_GRAPH_SCOPES = frozenset({"User.Read", "Mail.Read", "Files.Read", "Calendars.Read"})
_PERSONAL_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""The tenant of all personal accounts."""

_TRACE_ID = "00000000-1111-4000-8000-000000000000"
_CORRELATION_ID = "00000000-2222-4000-8000-000000000000"
_TIMESTAMP = "2026-01-09 02:02:12Z"

_INVALID_GRANT = (70000, "The provided authorization code or refresh token is not valid.")
_MALFORMED = (9002313, "Invalid request. Request is malformed or invalid.")
_ERRORS: dict[Reason, tuple[int, str]] = {
    "body": _MALFORMED,
    "parameters": (900144, "The request body must contain the right parameters."),
    "header": _MALFORMED,
    "client": (7000215, "Invalid client secret provided."),
    "scope": (28000, "The scope is not valid because it contains more than one resource."),
    "redirect_uri": (500112, "The reply address does not match the one of the code's request."),
    "verifier": (501481, "The Code_Verifier does not match the code_challenge."),
    "code_unknown": _INVALID_GRANT,
    "code_used": (54005, "OAuth2 Authorization code was already redeemed."),
    "code_expired": (70008, "The provided authorization code has expired."),
    "refresh_token_unknown": _INVALID_GRANT,
    "refresh_token_used": _INVALID_GRANT,
    "grant_revoked": (50173, "The provided grant has expired due to it being revoked."),
    "token": _MALFORMED,
}


def _account(
    object_id: str, tenant_id: str, name: str, principal: str, mail: str | None
) -> FictionalAccount:
    return FictionalAccount(
        key=object_id,
        label=f"{name} ({principal})",
        facts={
            "id": object_id,
            "displayName": name,
            "mail": mail,
            "userPrincipalName": principal,
            "tid": tenant_id,
        },
    )


def _check(params: Mapping[str, str]) -> str | None:
    # A token is for one resource (AADSTS28000), and these consents are for Graph alone.
    for scope in params.get("scope", "").split():
        resource, slash, _ = scope.rpartition("/")
        if slash and resource != _GRAPH:
            return "invalid_scope"
    return None


def _segment(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _id_token(issued: IssuedTokens) -> str:
    facts = issued.account.facts
    claims = {
        "ver": "2.0",
        "iss": f"https://login.microsoftonline.com/{facts['tid']}/v2.0",
        "aud": _CLIENT_ID,
        "sub": f"sandbox-{facts['id']}",
        "oid": facts["id"],
        "tid": facts["tid"],
    }
    if "profile" in issued.scopes:
        claims |= {"name": facts["displayName"], "preferred_username": facts["userPrincipalName"]}
    if "email" in issued.scopes and facts["mail"] is not None:
        claims["email"] = facts["mail"]
    header = {"typ": "JWT", "alg": "RS256", "kid": "sandbox"}
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), b"sandbox-not-a-signature"]
    return ".".join(_segment(part) for part in parts)


def _scope(issued: IssuedTokens) -> str:
    # offline_access is never echoed. Graph's scopes come back short or with their resource in front.
    prefix = f"{_GRAPH}/" if issued.is_refresh else ""
    return " ".join(
        f"{prefix}{scope}" if scope in _GRAPH_SCOPES else scope
        for scope in issued.scopes
        if scope != "offline_access"
    )


def _token_answer(issued: IssuedTokens) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "token_type": "Bearer",
        "scope": _scope(issued),
        "expires_in": issued.expires_in,
        "ext_expires_in": issued.expires_in,
        "access_token": issued.access_token,
    }
    if issued.refresh_token is not None:
        answer["refresh_token"] = issued.refresh_token
    if "openid" in issued.scopes:
        answer["id_token"] = _id_token(issued)
    return answer


def _graph_error(status: int, code: str, message: str) -> Refusal:
    inner = {"date": _TIMESTAMP, "request-id": _TRACE_ID, "client-request-id": _CORRELATION_ID}
    error = {"code": code, "message": message, "innerError": inner}
    return Refusal(status=status, body={"error": error})


def _error_answer(refused: RefusedRequest) -> Refusal:
    if refused.endpoint == "api":
        return _graph_error(401, "InvalidAuthenticationToken", "Access token has expired.")
    number, text = _ERRORS[refused.reason]
    if refused.error == "unsupported_grant_type":
        number, text = 70003, "The app requested an unsupported grant type."
    ids = f"Trace ID: {_TRACE_ID} Correlation ID: {_CORRELATION_ID} Timestamp: {_TIMESTAMP}"
    return Refusal(
        status=refused.status,
        body={
            "error": refused.error,
            "error_description": f"AADSTS{number}: {text} {ids}",
            "error_codes": [number],
            "timestamp": _TIMESTAMP,
            "trace_id": _TRACE_ID,
            "correlation_id": _CORRELATION_ID,
        },
    )


def _me(call: ApiCall) -> dict[str, Any] | Refusal:
    if "User.Read" not in call.scopes:
        return _graph_error(
            403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."
        )
    person = {name: value for name, value in call.account.facts.items() if name != "tid"}
    return {"@odata.context": f"{_GRAPH}/v1.0/$metadata#users/$entity", **person}


PROVIDER = SimulatedProvider(
    name="microsoft",
    display_name="Microsoft",
    client_id=_CLIENT_ID,
    client_secret="sandbox~not-a-secret~000000000000000000",
    accounts=(
        _account(
            "6a2f1c3e-0000-4000-8000-000000000001",
            "7e9d0c11-0000-4000-8000-000000000001",
            "Ana Diaz",
            "ana@contoso.example",
            "ana@contoso.example",
        ),
        _account(  # without a mailbox
            "6a2f1c3e-0000-4000-8000-000000000002",
            "7e9d0c11-0000-4000-8000-000000000002",
            "Ben Okoro",
            "ben@fabrikam.example",
            None,
        ),
        _account(
            "00000000-0000-0000-6a2f-1c3e00000003",
            _PERSONAL_TENANT,
            "Ana Diaz (personal)",
            "ana.diaz@outlook.example",
            "ana.diaz@outlook.example",
        ),
    ),
    authorize=AuthorizeRules(
        address="login.microsoftonline.com/common/oauth2/v2.0/authorize",
        params=frozenset({"response_mode", "prompt", "login_hint", "domain_hint"}),
        required={"response_type": "code", "scope": None},
        known_scopes=_OPENID_SCOPES | _GRAPH_SCOPES,
        account_choice={"prompt": "select_account"},
    ),
    token=TokenRules(
        address="login.microsoftonline.com/common/oauth2/v2.0/token",
        client_auth="post",
        body_format="form",
        exchange_params=frozenset(
            {"grant_type", "code", "redirect_uri", "code_verifier?", "scope?"}
        ),
        refresh_params=frozenset({"grant_type", "refresh_token", "scope?"}),
        check=_check,
    ),
    grant=GrantRules(
        access_token_prefix="eyJ0eXAi.sandbox-",
        refresh_token_prefix="0.AXo-sandbox-",
        expires=lambda params: 3599,
        offline=lambda params, consented_before: (
            "offline_access" in params.get("scope", "").split()
        ),
        rotation="kept",
    ),
    api=(ApiRules(address="graph.microsoft.com/v1.0/me", answer=_me),),
    api_hosts=frozenset({"graph.microsoft.com"}),
    token_answer=_token_answer,
    error_answer=_error_answer,
)
