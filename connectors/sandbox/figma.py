"""Figma, seen from its own side.

Sources: developers.figma.com/docs/rest-api/authentication, …/oauth-apps, …/scopes; Figma's own
OpenAPI description of its REST API.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import ApiCall, IssuedTokens, Refusal, RefusedRequest, rfc6749


def _answer(issued: IssuedTokens) -> dict[str, Any]:
    return {} if issued.is_refresh else {"user_id_string": issued.account.facts["id"]}


def _me(call: ApiCall) -> dict[str, Any] | Refusal:
    if "current_user:read" in call.scopes:
        return dict(call.account.facts)
    granted = ", ".join(call.scopes)
    reason = f"Invalid scope(s): {granted}. This endpoint requires the current_user:read scope"
    return Refusal(403, {"status": 403, "err": reason})


def _error(refused: RefusedRequest) -> Refusal:
    body = {"error": True, "status": refused.status, "message": refused.description, "i18n": None}
    return Refusal(refused.status, body)


def _account(user: str, handle: str, email: str) -> dict[str, str]:
    image = f"https://www.figma.com/api/sandbox/{user}.png"
    return {"id": user, "email": email, "handle": handle, "img_url": image}


PROVIDER = rfc6749(
    "figma",
    title="Figma",
    authorize="www.figma.com/oauth",
    token="api.figma.com/v1/oauth/token",
    refresh="api.figma.com/v1/oauth/refresh",
    refresh_params={"refresh_token"},  # all that is documented
    revoke=None,
    client_auth="basic",
    body_format="form",
    pkce="verified",
    rotation="none",
    ends_access_token=True,  # one access token is alive for a person and an app
    code_seconds=30,
    expires_in=90 * 24 * 3600,
    answer=_answer,
    answer_without={"scope"},
    error_answer=_error,
    scopes={
        "current_user:read",
        "file_content:read",
        "file_metadata:read",
        "file_comments:read",
        "file_comments:write",
        "projects:read",
    },
    scope_separator=",",  # spaces are taken, too; the documented example has commas
    accounts={  # the ids have more digits than a JSON number keeps everywhere
        (user, f"{handle} ({email})"): _account(user, handle, email)
        for user, handle, email in (
            ("1200000000000000001", "Ana Diaz", "ana.diaz@example.com"),
            ("1200000000000000002", "Ana (Acme)", "ana@acme.example"),
            ("1200000000000000003", "Ben Okoro", "ben.okoro@example.com"),
        )
    },
    api_base="api.figma.com/v1",
    api={"/me": _me},
    # The users' endpoint knows no 401, and its errors have another shape than the token endpoint's.
    api_refusal=Refusal(403, {"status": 403, "err": "Invalid token"}),
)
