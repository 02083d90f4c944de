"""Cal.com's API v2, by cal.com/docs/api-reference/v2: slots, bookings. The members of a booking's
answer are from memory.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import ELSEWHERE, Answer, Problem, Request, SimulatedApi, refuse

_EVENT_TYPE = 501
_FREE = ("2026-12-01T09:00:00", "2026-12-01T10:00:00", "2026-12-02T09:00:00")


def _state(account: FictionalAccount) -> dict[str, Any]:
    return {"free": list(_FREE)}


def _refuse(problem: Problem) -> Refusal:
    codes = {"not_found": "NotFoundException", "rate_limited": "ThrottlerException"}
    code = codes.get(problem.kind, "BadRequestException")
    error = {"code": code, "message": problem.message or problem.kind, "details": {}}
    return Refusal(problem.status, {"status": "error", "error": error})


API = SimulatedApi("calcom", base="api.cal.com/v2", state=_state, refuse=_refuse)


@API.route("GET /me")
def get_me(call: Request) -> Any:
    return ELSEWHERE


def _checked(call: Request, version: str, event_type: int) -> None:
    if call.headers.get("cal-api-version") != version:
        refuse("not_found", "Cannot find the endpoint in this version")
    if event_type != _EVENT_TYPE:
        refuse("not_found", f"Event Type with ID={event_type} does not exist!")


@API.route(
    "GET /slots",
    query={
        "eventTypeId": int,
        "start": str,
        "end": str,
        "timeZone?": str,
        "duration?": int,
        "format?": {"range", "time"},
    },
)
def get_slots(call: Request) -> Any:
    _checked(call, "2024-09-04", call.query["eventTypeId"])
    days: dict[str, list[dict[str, str]]] = {}
    for moment in call.state["free"]:
        if call.query["start"] <= moment[:10] <= call.query["end"]:
            days.setdefault(moment[:10], []).append({"start": f"{moment}.000Z"})
    return {"status": "success", "data": days}


@API.route(
    "POST /bookings",
    body={
        "eventTypeId": int,
        "start": str,
        "attendee": {"name": str, "email?": str, "timeZone": str, "language?": str},
        "guests?": [str],
        "metadata?": dict,
        "bookingFieldsResponses?": dict,
        "location?": dict,
    },
    effect="booking_created",
)
def create_booking(call: Request) -> Any:
    _checked(call, "2026-02-25", call.body["eventTypeId"])
    start = call.body["start"].removesuffix("Z").split(".")[0]
    if start not in call.state["free"]:
        refuse("parameters", "User either already has booking at this time or is not available")
    call.state["free"].remove(start)
    booking = {
        "id": int(call.new_id()),
        "uid": call.new_id("booking_uid_"),
        "title": f"Consultation with {call.body['attendee']['name']}",
        "status": "accepted",
        "start": f"{start}.000Z",
        "end": f"{start[:14]}30:00.000Z",
    }
    return Answer(201, {"status": "success", "data": booking})
