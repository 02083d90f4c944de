"""Linear, seen from its own side.

Sources: linear.app/developers/oauth-2-0-authentication, …/developers/graphql.
"""

from __future__ import annotations

import re
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

_SCOPES = frozenset(
    {"read", "write", "issues:create", "comments:create", "timeSchedule:write", "admin"}
)
_SELECTION = re.compile(r"\b(viewer|organization)\s*\{([\w\s,]*)\}")


def _account(person: int, name: str, email: str, workspace: int, title: str) -> FictionalAccount:
    return FictionalAccount(
        key=f"{title.lower().replace(' ', '-')}-{name.split()[0].lower()}",
        label=f"{title} ({name})",
        facts={
            "viewer": {"id": f"9c2b0000-0000-4000-8000-{person:012}", "name": name, "email": email},
            "organization": {
                "id": f"1f0e0000-0000-4000-8000-{workspace:012}",
                "name": title,
                "urlKey": title.lower().replace(" ", "-"),
            },
        },
    )


def _token_answer(issued: IssuedTokens) -> dict[str, Any]:
    return {
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": issued.expires_in,
        "scope": " ".join(issued.scopes),  # although they were asked for with commas
        "refresh_token": issued.refresh_token,
    }


def _error(message: str, kind: str, code: str) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"type": kind, "code": code}}]}


def _error_answer(refused: RefusedRequest) -> Refusal:
    if refused.endpoint == "api":
        body = _error(
            "Authentication required, not authenticated",
            "authentication error",
            "AUTHENTICATION_ERROR",
        )
        return Refusal(status=401, body=body)
    status = refused.status
    if refused.endpoint == "revoke":
        status = {"token": 401}.get(refused.reason, 400)
    body = {"error": refused.error, "error_description": refused.description}
    return Refusal(status=status, body=body)


def _graphql(call: ApiCall) -> dict[str, Any]:
    """Viewer and organization with the fields that were asked for: no more GraphQL than that.

    What it does not understand it refuses as GraphQL does: with status 200.
    """
    query = call.json.get("query") if isinstance(call.json, dict) else None
    asked = dict(_SELECTION.findall(query)) if isinstance(query, str) else {}
    data: dict[str, Any] = {}
    for name in ("viewer", "organization"):
        known, fields = call.account.facts[name], re.findall(r"\w+", asked.get(name, ""))
        if not fields:
            return _error(f"The query must ask for {name}", "graphql error", "INPUT_ERROR")
        for field in fields:
            if field not in known:
                message = f'Cannot query field "{field}" of {name}.'
                return _error(message, "graphql error", "GRAPHQL_VALIDATION_FAILED")
        data[name] = {field: known[field] for field in fields}
    return {"data": data}


PROVIDER = SimulatedProvider(
    name="linear",
    display_name="Linear",
    client_id="sandbox0000000000000000000000000",
    client_secret="sandbox0not0a0secret000000000000",
    accounts=(
        _account(1, "Ana Diaz", "ana@acme.example", 1, "Acme"),
        _account(2, "Ana Diaz", "ana@acme.example", 2, "Side project"),
        _account(3, "Ben Okoro", "ben@acme.example", 1, "Acme"),
    ),
    authorize=AuthorizeRules(
        address="linear.app/oauth/authorize",
        params=frozenset({"prompt", "actor"}),
        required={"response_type": "code", "scope": None},
        known_scopes=_SCOPES,
        scope_separator=",",
        account_choice={"prompt": "consent"},
    ),
    token=TokenRules(
        address="api.linear.app/oauth/token",
        client_auth="post",
        body_format="form",
        exchange_params=frozenset({"grant_type", "code", "redirect_uri", "code_verifier?"}),
        refresh_params=frozenset({"grant_type", "refresh_token"}),
    ),
    grant=GrantRules(
        access_token_prefix="lin_oauth_sandbox",
        refresh_token_prefix="lin_rt_sandbox",
        expires=lambda params: 86399,
        offline=lambda params, consented_before: True,
        rotation="replay",
        grace_seconds=1800,
    ),
    revoke=RevokeRules(address="api.linear.app/oauth/revoke"),
    api=(ApiRules(address="api.linear.app/graphql", answer=_graphql, method="POST"),),
    api_hosts=frozenset({"api.linear.app"}),
    token_answer=_token_answer,
    error_answer=_error_answer,
)
