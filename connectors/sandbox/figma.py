"""Figma, seen from its own side.

Sources: developers.figma.com/docs/rest-api/authentication, …/oauth-apps, …/scopes; Figma's own
OpenAPI description of its REST API.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import (
    ApiCall,
    ApiRules,
    AuthorizeRules,
    FictionalAccount,
    GrantRules,
    IssuedTokens,
    Refusal,
    RefusedRequest,
    SimulatedProvider,
    TokenRules,
)


def _account(number: int, handle: str, email: str) -> FictionalAccount:
    user = f"12000000000000000{number:02}"  # more digits than a JSON number keeps everywhere
    return FictionalAccount(
        key=user,
        label=f"{handle} ({email})",
        facts={
            "id": user,
            "email": email,
            "handle": handle,
            "img_url": f"https://www.figma.com/api/sandbox/{user}.png",
        },
    )


def _token_answer(issued: IssuedTokens) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "access_token": issued.access_token,
        "token_type": "bearer",
        "expires_in": issued.expires_in,
    }
    if not issued.is_refresh:
        answer["user_id_string"] = issued.account.facts["id"]
        answer["refresh_token"] = issued.refresh_token
    return answer


def _api_refusal(reason: str) -> Refusal:
    # The users' endpoint knows no 401, and its errors have another shape than the token endpoint's.
    return Refusal(status=403, body={"status": 403, "err": reason})


def _me(call: ApiCall) -> dict[str, Any] | Refusal:
    if "current_user:read" not in call.scopes:
        granted = ", ".join(call.scopes)
        return _api_refusal(
            f"Invalid scope(s): {granted}. This endpoint requires the current_user:read scope"
        )
    return dict(call.account.facts)


def _error_answer(refused: RefusedRequest) -> Refusal:
    if refused.endpoint == "api":
        return _api_refusal("Invalid token")
    body = {"error": True, "status": refused.status, "message": refused.description, "i18n": None}
    return Refusal(status=refused.status, body=body)


PROVIDER = SimulatedProvider(
    name="figma",
    display_name="Figma",
    client_id="sandbox000000000000000",
    client_secret="sandbox-not-a-secret-000000000",
    accounts=(
        _account(1, "Ana Diaz", "ana.diaz@example.com"),
        _account(2, "Ana (Acme)", "ana@acme.example"),
        _account(3, "Ben Okoro", "ben.okoro@example.com"),
    ),
    authorize=AuthorizeRules(
        address="www.figma.com/oauth",
        required={"response_type": "code"},
        known_scopes=frozenset(
            {
                "current_user:read",
                "file_content:read",
                "file_metadata:read",
                "file_comments:read",
                "file_comments:write",
                "projects:read",
            }
        ),
        scope_separator=",",  # spaces are taken, too; the documented example has commas
    ),
    token=TokenRules(
        address="api.figma.com/v1/oauth/token",
        refresh_address="api.figma.com/v1/oauth/refresh",
        client_auth="basic",
        body_format="form",
        exchange_params=frozenset({"grant_type", "code", "redirect_uri", "code_verifier?"}),
        refresh_params=frozenset({"refresh_token"}),  # all that is documented
        code_seconds=30,
    ),
    grant=GrantRules(
        access_token_prefix="figu_sandbox",
        refresh_token_prefix="figur_sandbox",
        expires=lambda params: 90 * 24 * 3600,
        offline=lambda params, consented_before: True,
        rotation="none",
        ends_access_token=True,  # one access token is alive for a person and an app
    ),
    api=(ApiRules(address="api.figma.com/v1/me", answer=_me),),
    api_hosts=frozenset({"api.figma.com"}),
    token_answer=_token_answer,
    error_answer=_error_answer,
)
