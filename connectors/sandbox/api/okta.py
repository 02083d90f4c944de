"""Okta's management API, by the OpenAPI document that Okta publishes
(okta/okta-management-openapi-spec): listUsers, getGroup. Of SCIM's grammar it knows one comparison.
"""

from __future__ import annotations

import re
from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import (
    ELSEWHERE,
    Answer,
    Problem,
    Request,
    SimulatedApi,
    page_of,
    refuse,
)


def _user(number: int, login: str, first: str, last: str) -> dict[str, Any]:
    names = {"login": login, "email": login, "firstName": first, "lastName": last}
    return {"id": f"00uSandbox000000000{number}", "status": "ACTIVE", "profile": names}


def _state(account: FictionalAccount) -> dict[str, Any]:
    group = {
        "id": "00gSandbox0000000001",
        "type": "OKTA_GROUP",
        "lastUpdated": "2026-11-01T09:00:00.000Z",
        "profile": {"name": "Sales", "description": "All who sell"},
    }
    return {
        "users": [
            _user(1, "ana@acme.example", "Ana", "Diaz"),
            _user(2, "ben@acme.example", "Ben", "Okoro"),
        ],
        "groups": {group["id"]: group},
    }


def _refuse(problem: Problem) -> Refusal:
    codes = {"not_found": "E0000007", "scope": "E0000006", "rate_limited": "E0000047"}
    code = codes.get(problem.kind, "E0000001")
    said = {"errorCode": code, "errorSummary": problem.message or problem.kind}
    return Refusal(problem.status, {**said, "errorLink": code, "errorId": "sandbox"})


API = SimulatedApi(
    "okta", base="{*.okta.com|*.okta-emea.com|*.oktapreview.com}", state=_state, refuse=_refuse
)


@API.route("GET /oauth2/v1/userinfo")
def userinfo(call: Request) -> Any:
    return ELSEWHERE


@API.route(
    "GET /api/v1/users",
    scopes="okta.users.read",
    query={
        "q?": str,
        "after?": str,
        "limit?": int,
        "filter?": str,
        "search?": str,
        "sortBy?": str,
        "sortOrder?": str,
    },
)
def list_users(call: Request) -> Any:
    users = call.state["users"]
    if search := call.query.get("search"):
        asked = re.fullmatch(r'profile\.(\w+) eq "([^"]*)"', search)
        if asked is None:
            refuse("parameters", "Invalid search criteria.")
        users = [each for each in users if each["profile"].get(asked[1]) == asked[2]]
    limit = call.query.get("limit", 200)
    page, after = page_of(users, call.query.get("after"), limit)
    url = f"https://{call.host}/api/v1/users?after={after}&limit={limit}"
    return Answer(200, page, {"link": f'<{url}>; rel="next"'} if after else {})


@API.route("GET /api/v1/groups/{group}", scopes="okta.groups.read")
def get_group(call: Request) -> Any:
    return call.found(call.state["groups"], call.path["group"], "group")
