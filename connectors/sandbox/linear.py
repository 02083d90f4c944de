"""Linear, seen from its own side.

Sources: linear.app/developers/oauth-2-0-authentication, …/developers/graphql.
"""

from __future__ import annotations

import re
from typing import Any

from connectors.sandbox import ApiCall, Refusal, RefusedRequest, RevokeRules, rfc6749

_SELECTION = re.compile(r"\b(viewer|organization)\s*\{([\w\s,]*)\}")


def _graphql_error(message: str, kind: str, code: str) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"type": kind, "code": code}}]}


def _error(refused: RefusedRequest) -> Refusal:
    if refused.endpoint == "revoke":
        return Refusal(401 if refused.reason == "token" else 400, refused.standard.body)
    return refused.standard


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
            return _graphql_error(f"The query must ask for {name}", "graphql error", "INPUT_ERROR")
        if unknown := [field for field in fields if field not in known]:
            message = f'Cannot query field "{unknown[0]}" of {name}.'
            return _graphql_error(message, "graphql error", "GRAPHQL_VALIDATION_FAILED")
        data[name] = {field: known[field] for field in fields}
    return {"data": data}


def _account(person: int, workspace: int, name: str, title: str, key: str) -> dict[str, Any]:
    email = f"{name.split()[0].lower()}@acme.example"
    viewer = {"id": f"9c2b0000-0000-4000-8000-{person:012}", "name": name, "email": email}
    organization = {"id": f"1f0e0000-0000-4000-8000-{workspace:012}", "name": title, "urlKey": key}
    return {"viewer": viewer, "organization": organization}


PROVIDER = rfc6749(
    "linear",
    title="Linear",
    authorize="linear.app/oauth/authorize",
    token="api.linear.app/oauth/token",
    revoke=RevokeRules(address="api.linear.app/oauth/revoke"),
    client_auth="post",
    body_format="form",
    pkce="verified",
    rotation="replay",
    grace_seconds=1800,
    expires_in=86399,
    error_answer=_error,
    params={"prompt", "actor"},
    required={"response_type": "code", "scope": None},
    account_choice={"prompt": "consent"},
    scopes={"read", "write", "issues:create", "comments:create", "timeSchedule:write", "admin"},
    scope_separator=",",  # although the answer lists them with spaces
    accounts={
        ("acme-ana", "Acme (Ana Diaz)"): _account(1, 1, "Ana Diaz", "Acme", "acme"),
        ("side-project-ana", "Side project (Ana Diaz)"): _account(
            2, 2, "Ana Diaz", "Side project", "side-project"
        ),
        ("acme-ben", "Acme (Ben Okoro)"): _account(3, 1, "Ben Okoro", "Acme", "acme"),
    },
    api_base="api.linear.app",
    api={"POST /graphql": _graphql},
    api_refusal=Refusal(
        401,
        _graphql_error(
            "Authentication required, not authenticated",
            "authentication error",
            "AUTHENTICATION_ERROR",
        ),
    ),
)
