"""Airtable, seen from its own side.

Sources: airtable.com/developers/web/api/oauth-reference, …/get-user-id-scopes. The revocation
endpoint is not in that reference; it is what production clients call.
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
    RevokeRules,
    SimulatedProvider,
    TokenRules,
)


def _account(number: int, email: str) -> FictionalAccount:
    user = f"usrSandbox{number:07}"
    return FictionalAccount(key=user, label=email, facts={"id": user, "email": email})


def _token_answer(issued: IssuedTokens) -> dict[str, Any]:
    return {
        "access_token": issued.access_token,
        "refresh_token": issued.refresh_token,
        "token_type": "Bearer ",  # the space is documented as intentional
        "scope": " ".join(issued.scopes),
        "expires_in": issued.expires_in,
        "refresh_expires_in": 60 * 24 * 3600,
    }


def _whoami(call: ApiCall) -> dict[str, Any]:
    answer: dict[str, Any] = {"id": call.account.facts["id"], "scopes": list(call.scopes)}
    if "user.email:read" in call.scopes:
        answer["email"] = call.account.facts["email"]
    return answer


def _error_answer(refused: RefusedRequest) -> Refusal:
    if refused.endpoint == "api":
        error = {"type": "AUTHENTICATION_REQUIRED", "message": "Authentication required"}
        return Refusal(status=refused.status, body={"error": error})
    body = {"error": refused.error, "error_description": refused.description}
    return Refusal(status=refused.status, body=body)


PROVIDER = SimulatedProvider(
    name="airtable",
    display_name="Airtable",
    client_id="sandbox0-0000-4000-8000-000000000000",
    client_secret="sandbox-not-a-secret-0000000000000000000000000000000000000000000",
    accounts=(
        _account(1, "ana.diaz@example.com"),
        _account(2, "ana@acme.example"),
        _account(3, "ben.okoro@example.com"),
    ),
    authorize=AuthorizeRules(
        address="airtable.com/oauth2/v1/authorize",
        required={"response_type": "code"},
        known_scopes=frozenset(
            {
                "data.records:read",
                "data.records:write",
                "schema.bases:read",
                "schema.bases:write",
                "user.email:read",
                "webhook:manage",
            }
        ),
        pkce="required",
    ),
    token=TokenRules(
        address="airtable.com/oauth2/v1/token",
        client_auth="basic",  # the integration has a secret
        body_format="form",
        exchange_params=frozenset({"grant_type", "code", "redirect_uri", "code_verifier"}),
        refresh_params=frozenset({"grant_type", "refresh_token"}),
    ),
    grant=GrantRules(
        access_token_prefix="oaaSandbox.v1.",
        refresh_token_prefix="oaaSandbox.v1.refresh.",
        expires=lambda params: 3600,
        offline=lambda params, consented_before: True,
        rotation="strict",
        ends_access_token=True,
    ),
    revoke=RevokeRules(address="airtable.com/oauth2/v1/revoke", client_auth="basic"),
    api=(ApiRules(address="api.airtable.com/v0/meta/whoami", answer=_whoami),),
    api_hosts=frozenset({"api.airtable.com"}),
    token_answer=_token_answer,
    error_answer=_error_answer,
)
