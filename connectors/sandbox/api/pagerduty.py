"""PagerDuty's REST API, by the OpenAPI document that PagerDuty publishes (PagerDuty/api-schema):
createIncident, updateIncident, listSchedules.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import ELSEWHERE, Answer, Problem, Request, SimulatedApi, refuse

_SERVICE = {"id": "PSHOP01", "type": "service_reference", "summary": "Shop"}


def _incident(key: str, title: str) -> dict[str, Any]:
    return {
        "id": key,
        "type": "incident",
        "title": title,
        "status": "triggered",
        "urgency": "high",
        "service": _SERVICE,
        "html_url": f"https://acme.pagerduty.com/incidents/{key}",
    }


def _state(account: FictionalAccount) -> dict[str, Any]:
    return {
        "users": {account.facts["user"]["email"]},
        "incidents": {"PINC001": _incident("PINC001", "The disk is full")},
        "schedules": [
            {"id": f"PSCH00{number}", "name": name, "time_zone": "Europe/London"}
            for number, name in enumerate(("Weekdays", "Weekend"), 1)
        ],
    }


def _refuse(problem: Problem) -> Refusal:
    code = {"not_found": 2100, "scope": 2010, "rate_limited": 2020}.get(problem.kind, 2001)
    error = {"message": problem.message or problem.kind, "code": code}
    return Refusal(problem.status, {"error": error})


API = SimulatedApi(
    "pagerduty",
    base="api.pagerduty.com",
    state=_state,
    refuse=_refuse,
    headers={"accept": frozenset({"application/vnd.pagerduty+json;version=2"})},
)


@API.route("GET /users/me")
def get_me(call: Request) -> Any:
    return ELSEWHERE


@API.route("GET /abilities")
def get_abilities(call: Request) -> Any:
    return ELSEWHERE


def _sender(call: Request) -> None:
    if call.headers.get("from") not in call.state["users"]:
        refuse("parameters", "Requester User Not Found")


@API.route(
    "POST /incidents",
    scopes="incidents.write",
    body={
        "incident": {
            "type": {"incident"},
            "title": str,
            "service": {"id": str, "type": {"service_reference", "service"}},
            "urgency?": {"high", "low"},
            "incident_key?": str,
            "body?": {"type?": {"incident_body"}, "details?": str},
        }
    },
    effect="incident_created",
)
def create_incident(call: Request) -> Any:
    _sender(call)
    asked = call.body["incident"]
    if asked["service"]["id"] != _SERVICE["id"]:
        refuse("body", "Service Not Found")
    made = _incident(call.new_id("PINC"), asked["title"])
    made["urgency"] = asked.get("urgency", "high")
    call.state["incidents"][made["id"]] = made
    return Answer(201, {"incident": made})


@API.route(
    "PUT /incidents/{id}",
    scopes="incidents.write",
    body={
        "incident": {
            "type": {"incident", "incident_reference"},
            "status?": {"resolved", "acknowledged", "triggered"},
            "title?": str,
            "resolution?": str,
            "escalation_level?": int,
        }
    },
    effect="incident_updated",
)
def update_incident(call: Request) -> Any:
    _sender(call)
    incident = call.found(call.state["incidents"], call.path["id"], "incident")
    asked = {key: value for key, value in call.body["incident"].items() if key != "type"}
    incident.update(asked)
    return {"incident": incident}


@API.route(
    "GET /schedules",
    scopes="schedules.read",
    query={"limit?": int, "offset?": int, "total?": bool, "query?": str, "time_zone?": str},
)
def list_schedules(call: Request) -> Any:
    word = call.query.get("query", "").lower()
    found = [each for each in call.state["schedules"] if word in each["name"].lower()]
    start, limit = call.query.get("offset", 0), call.query.get("limit", 25)
    page = found[start : start + limit]
    more = start + limit < len(found)
    return {"schedules": page, "limit": limit, "offset": start, "more": more, "total": None}
