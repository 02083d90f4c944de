"""Better Stack's Uptime API, by betterstack.com/docs/uptime/api (create incident: parameters and
answer). The words of an error are not confirmed.
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Answer, Problem, Request, SimulatedApi, refuse


def _error(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"errors": problem.message})


def _state(account: FictionalAccount) -> dict[str, Any]:
    return {"incidents": {}}


API = SimulatedApi("betterstack", base="uptime.betterstack.com/api", state=_state, refuse=_error)


@API.route(
    "POST /v3/incidents",
    body={
        "team_name?": str,
        "requester_email?": str,
        "name?": str,
        "summary?": str,
        "description?": str,
        "call?": bool,
        "sms?": bool,
        "email?": bool,
        "critical_alert?": bool,
        "team_wait?": int,
        "policy_id?": str,
        "metadata?": dict,
    },
    effect="incident_created",
)
def create_incident(call: Request) -> Any:
    asked = call.body
    if not asked.get("summary"):
        refuse("body", "Summary can't be blank", 422)
    key = call.new_id()
    made = {
        "id": key,
        "type": "incident",
        "attributes": {
            "name": asked.get("name", "Manual incident"),
            "url": None,
            "http_method": None,
            "cause": asked["summary"],
            "incident_group_id": None,
            "started_at": call.moment(),
            "acknowledged_at": None,
            "acknowledged_by": None,
            "resolved_at": None,
            "resolved_by": None,
            "team_name": asked.get("team_name", "Acme"),
            "regions": [],
            "escalation_policy_id": None,
            "call": asked.get("call", False),
            "sms": asked.get("sms", False),
            "email": asked.get("email", True),
            "push": True,
        },
        "relationships": {},
    }
    call.state["incidents"][key] = made
    return Answer(201, {"data": made})
