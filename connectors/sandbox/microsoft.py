"""Microsoft, seen from its own side: the identity platform (v2.0) and Microsoft Graph.

Sources: learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow,
…/scopes-oidc, …/id-token-claims-reference, …/reference-error-codes, …/refresh-tokens;
learn.microsoft.com/graph/api/user-get, …/graph/errors.
"""

from typing import Any

from connectors.sandbox import (
    ApiCall,
    IssuedTokens,
    Reason,
    Refusal,
    RefusedRequest,
    rfc6749,
    unsigned_jwt,
)

_LOGIN = "login.microsoftonline.com"
_GRAPH = "https://graph.microsoft.com"
_GRAPH_SCOPES = (
    "User.Read",
    "Mail.Read",
    "Mail.ReadWrite",
    "Mail.Send",
    "Files.Read",
    "Files.ReadWrite",
    "Calendars.Read",
    "Calendars.ReadWrite",
    "Tasks.Read",
    "Tasks.ReadWrite",
    "Contacts.ReadWrite",
    "Notes.ReadWrite",
    "Team.ReadBasic.All",
    "Channel.ReadBasic.All",
    "ChannelMessage.Read.All",
    "ChannelMessage.Send",
    "Chat.ReadBasic",
    "Chat.Read",
    "ChatMessage.Send",
)
_PERSONAL_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""The tenant of all personal accounts."""

_TRACE_ID = "00000000-1111-4000-8000-000000000000"
_CORRELATION_ID = "00000000-2222-4000-8000-000000000000"
_TIMESTAMP = "2026-01-09 02:02:12Z"
_IDS = f"Trace ID: {_TRACE_ID} Correlation ID: {_CORRELATION_ID} Timestamp: {_TIMESTAMP}"

_MALFORMED = (9002313, "Invalid request. Request is malformed or invalid.")
_INVALID_GRANT = (70000, "The provided authorization code or refresh token is not valid.")
_ERRORS: dict[Reason, tuple[int, str]] = {
    "parameters": (900144, "The request body must contain the right parameters."),
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
}


def _error(refused: RefusedRequest) -> Refusal:
    number, text = _ERRORS.get(refused.reason, _MALFORMED)
    if refused.error == "unsupported_grant_type":
        number, text = 70003, "The app requested an unsupported grant type."
    said = {"error": refused.error, "error_description": f"AADSTS{number}: {text} {_IDS}"}
    ids = {"trace_id": _TRACE_ID, "correlation_id": _CORRELATION_ID, "timestamp": _TIMESTAMP}
    return Refusal(refused.status, {**said, "error_codes": [number], **ids})


def _graph_error(status: int, code: str, message: str) -> Refusal:
    inner = {"date": _TIMESTAMP, "request-id": _TRACE_ID, "client-request-id": _CORRELATION_ID}
    return Refusal(status, {"error": {"code": code, "message": message, "innerError": inner}})


def _id_token(issued: IssuedTokens) -> str:
    facts = issued.account.facts
    claims = {
        "ver": "2.0",
        "iss": f"https://{_LOGIN}/{facts['tid']}/v2.0",
        "aud": "sandbox-microsoft-client",
        "sub": f"sandbox-{facts['id']}",
        "oid": facts["id"],
        "tid": facts["tid"],
    }
    if "profile" in issued.scopes:
        claims |= {"name": facts["displayName"], "preferred_username": facts["userPrincipalName"]}
    if "email" in issued.scopes and facts["mail"] is not None:
        claims["email"] = facts["mail"]
    return unsigned_jwt(claims)


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    # offline_access is never echoed. Graph's scopes come back short, or with the resource in front,
    # and in Graph's own letters.
    prefix = f"{_GRAPH}/" if issued.is_refresh else ""
    graph = {scope.lower(): f"{prefix}{scope}" for scope in _GRAPH_SCOPES}
    short = (scope.removeprefix(f"{_GRAPH}/") for scope in issued.scopes)
    scope = " ".join(graph.get(name.lower(), name) for name in short if name != "offline_access")
    id_token = {"id_token": _id_token(issued)} if "openid" in issued.scopes else {}
    return {"scope": scope, "ext_expires_in": issued.expires_in, **id_token}


def _me(call: ApiCall) -> dict[str, Any] | Refusal:
    if "User.Read" not in call.scopes:
        return _graph_error(
            403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."
        )
    person = {name: value for name, value in call.account.facts.items() if name != "tid"}
    return {"@odata.context": f"{_GRAPH}/v1.0/$metadata#users/$entity", **person}


PROVIDER = rfc6749(
    "microsoft",
    title="Microsoft",
    authorize=f"{_LOGIN}/common/oauth2/v2.0/authorize",
    token=f"{_LOGIN}/common/oauth2/v2.0/token",
    revoke=None,
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="kept",
    expires_in=3599,
    offline="offline_access",
    answer=_answer,
    error_answer=_error,
    params={"response_mode", "prompt", "login_hint", "domain_hint"},
    required={"response_type": "code", "scope": None},
    approval_codes={f"AADSTS{number}" for number in (90093, 90094, 90095, 900941)},
    account_choice={"prompt": "select_account"},
    exchange_params={"grant_type", "code", "redirect_uri", "scope?"},
    refresh_params={"grant_type", "refresh_token", "scope?"},
    scopes=" ".join(("openid", "profile", "email", "offline_access", *_GRAPH_SCOPES))
    + f" files.read {_GRAPH}/Calendars.Read",
    accounts={
        (object_id, f"{name} ({principal})"): {
            "id": object_id,
            "displayName": name,
            "mail": mail,
            "userPrincipalName": principal,
            "tid": tenant,
        }
        for object_id, tenant, name, principal, mail in (
            (
                "6a2f1c3e-0000-4000-8000-000000000001",
                "7e9d0c11-0000-4000-8000-000000000001",
                "Ana Diaz",
                "ana@contoso.example",
                "ana@contoso.example",
            ),
            (  # without a mailbox
                "6a2f1c3e-0000-4000-8000-000000000002",
                "7e9d0c11-0000-4000-8000-000000000002",
                "Ben Okoro",
                "ben@fabrikam.example",
                None,
            ),
            (
                "00000000-0000-0000-6a2f-1c3e00000003",
                _PERSONAL_TENANT,
                "Ana Diaz (personal)",
                "ana.diaz@outlook.example",
                "ana.diaz@outlook.example",
            ),
        )
    },
    api_base="graph.microsoft.com/v1.0",
    api={"/me": _me},
    api_refusal=_graph_error(401, "InvalidAuthenticationToken", "Access token has expired."),
)
