"""Sentry's API, by the OpenAPI document that Sentry publishes (getsentry/sentry-api-schema):
listOrganizationProjects, listOrganizationIssues, getProjectEvent. The bodies of refusals are those
of Django REST framework, which Sentry is written with.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import ELSEWHERE, Problem, Request, SimulatedApi, refuse

_EVENT = "9fac2ceed9344f2bbfdd1fdacb0ed9b1"


def _state(account: FictionalAccount) -> dict[str, Any]:
    issue = {
        "id": "6001",
        "shortId": "SHOP-1",
        "title": "ZeroDivisionError: division by zero",
        "culprit": "shop.cart in total",
        "level": "error",
        "status": "unresolved",
        "count": "12",
        "userCount": 3,
        "firstSeen": "2026-11-01T09:00:00Z",
        "lastSeen": "2026-11-02T09:00:00Z",
        "permalink": "https://acme.sentry.io/issues/6001/",
        "project": {"id": "4501", "slug": "shop"},
    }
    event = {
        "id": _EVENT,
        "eventID": _EVENT,
        "groupID": "6001",
        "title": issue["title"],
        "message": "",
        "platform": "python",
        "dateReceived": "2026-11-02T09:00:00Z",
        "tags": [{"key": "level", "value": "error"}],
        "entries": [{"type": "exception", "data": {"values": []}}],
    }
    projects = [{"id": "4501", "slug": "shop", "name": "Shop", "platform": "python"}]
    return {"projects": projects, "issues": [issue], "events": {_EVENT: event}}


def _refuse(problem: Problem) -> Refusal:
    said = {
        "scope": "You do not have permission to perform this action.",
        "not_found": "The requested resource does not exist",
    }
    return Refusal(problem.status, {"detail": said.get(problem.kind, problem.message)})


API = SimulatedApi("sentry", base="sentry.io/api/0", state=_state, refuse=_refuse)


@API.route("GET /")
def get_root(call: Request) -> Any:
    return ELSEWHERE


def _organization(call: Request) -> None:
    if call.path["organization"] not in ("acme", "1"):
        refuse("not_found")


@API.route(
    "GET /organizations/{organization}/projects/",
    any_of="org:read org:write org:admin",
    query={"cursor?": str, "per_page?": int, "query?": str},
)
def list_projects(call: Request) -> Any:
    _organization(call)
    return call.state["projects"][: call.query.get("per_page", 100)]


@API.route(
    "GET /organizations/{organization}/issues/",
    any_of="event:read event:write event:admin",
    query={
        "project?": [str],
        "environment?": [str],
        "statsPeriod?": str,
        "query?": str,
        "sort?": {"date", "freq", "inbox", "new", "recommended", "trends", "user"},
        "limit?": int,
        "cursor?": str,
    },
)
def list_issues(call: Request) -> Any:
    _organization(call)
    wanted = call.query.get("project", ["4501"])
    found = [each for each in call.state["issues"] if each["project"]["id"] in wanted]
    return found[: call.query.get("limit", 100)]


@API.route(
    "GET /projects/{organization}/{project}/events/{event_id}/",
    any_of="project:read project:write project:admin",
    query={"environment?": [str]},
)
def get_event(call: Request) -> Any:
    _organization(call)
    if call.path["project"] not in ("shop", "4501"):
        refuse("not_found")
    return call.found(call.state["events"], call.path["event_id"])
