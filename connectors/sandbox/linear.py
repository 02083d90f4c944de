"""Linear, by linear.app/developers/oauth-2-0-authentication and …/developers/graphql."""

import re
from typing import Any

from connectors.sandbox import (
    ApiCall,
    KeyRules,
    Place,
    Refusal,
    RefusedRequest,
    RevokeRules,
    rfc6749,
)

_SELECTION = re.compile(r"\b(viewer|organization)\s*\{([\w\s,]*)\}")


def _graphql_error(message: str, kind: str, code: str) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"type": kind, "code": code}}]}


def _error(refused: RefusedRequest) -> Refusal:
    if refused.endpoint == "revoke":
        return Refusal(401 if refused.reason == "token" else 400, refused.standard.body)
    return refused.standard


def _graphql(call: ApiCall) -> dict[str, Any]:
    """Viewer and organization with the requested fields: no more GraphQL than that.

    Anything else is refused as GraphQL does: with status 200.
    """
    query = call.json.get("query") if isinstance(call.json, dict) else None
    asked = dict(_SELECTION.findall(query)) if isinstance(query, str) else {}
    fields = {name: re.findall(r"\w+", asked.get(name, "")) for name in call.account.facts}
    try:
        data = {
            name: {field: known[field] for field in fields[name]}
            for name, known in call.account.facts.items()
        }
    except KeyError as unknown:
        text = f"Cannot query field {unknown}."
        return _graphql_error(text, "graphql error", "GRAPHQL_VALIDATION_FAILED")
    if not all(data.values()):
        return _graphql_error("The query asks for nothing", "graphql error", "INPUT_ERROR")
    return {"data": data}


def _account(person: int, name: str, workspace: int, title: str) -> dict[str, Any]:
    email, key = f"{name.split()[0].lower()}@acme.example", title.lower().replace(" ", "-")
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
    scopes="read write issues:create comments:create timeSchedule:write admin",
    scope_separator=",",  # although the answer lists them with spaces
    accounts={
        ("acme-ana", "Acme (Ana Diaz)"): _account(1, "Ana Diaz", 1, "Acme"),
        ("side-ana", "Side project (Ana Diaz)"): _account(2, "Ana Diaz", 2, "Side project"),
        ("acme-ben", "Acme (Ben Okoro)"): _account(3, "Ben Okoro", 1, "Acme"),
    },
    api_base="api.linear.app",
    api={"POST /graphql": _graphql},
    api_refusal=Refusal(
        401, _graphql_error("Not authenticated", "authentication error", "AUTHENTICATION_ERROR")
    ),
    keys=KeyRules(  # personal API keys
        held={
            "acme-ana": {"key": "lin_api_Sandbox1Ana0123456789ABCDEFGHIJabcdefghi"},
            "acme-ben": {"key": "lin_api_Sandbox2Ben9876543210ABCDEFGHIJabcdefghi"},
        },
        place=Place(headers={"authorization": "{key}"}),
    ),
)
