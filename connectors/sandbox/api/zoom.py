"""Zoom's API, by developers.zoom.us/docs/api (users, meetings, cloud recordings, errors).

Unconfirmed: written without the documentation at hand; what matters is paths, the scope of each,
error codes, and the shapes of answers.
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Answer, Problem, Request, SimulatedApi, page_of, refuse

_CODES = {"not_found": 3001, "user": 1001}


def _error(problem: Problem) -> Refusal:
    return Refusal(
        problem.status, {"code": _CODES.get(problem.kind, 300), "message": problem.message}
    )


def _meeting(key: int, host: str, topic: str, start: str, minutes: int) -> dict[str, Any]:
    return {
        "uuid": f"sandbox{key}==",
        "id": key,
        "host_id": host,
        "topic": topic,
        "type": 2,
        "start_time": start,
        "duration": minutes,
        "timezone": "Europe/Berlin",
        "created_at": "2026-11-01T08:00:00Z",
        "join_url": f"https://zoom.us/j/{key}",
    }


def _state(account: FictionalAccount) -> dict[str, Any]:
    names = ("ana", "ben", "cleo")
    users: list[dict[str, Any]] = [
        {
            "id": f"User_{name}_sandbox_01",
            "email": f"{name}@acme.example",
            "first_name": name.title(),
            "last_name": "Sandbox",
            "type": 2,
            "status": "active",
        }
        for name in names
    ]
    host = users[0]["id"]
    meetings = [
        _meeting(85012345670 + n, host, f"Planning {n}", f"2026-12-0{n}T09:00:00Z", 30)
        for n in (1, 2, 3)
    ]
    file = {"file_type": "MP4", "play_url": "https://zoom.us/rec/play/sandbox"}
    recordings = [
        {
            **_meeting(85012345600 + n, host, f"Review {n}", f"2026-11-1{n}T09:00:00Z", 60),
            "share_url": f"https://zoom.us/rec/share/sandbox{n}",
            "recording_files": [file],
        }
        for n in (1, 2)
    ]
    return {
        "users": users,
        "meetings": {str(each["id"]): each for each in meetings},
        "recordings": recordings,
    }


API = SimulatedApi("zoom", base="api.zoom.us/v2", state=_state, refuse=_error)

_PAGE = {"page_size?": int, "next_page_token?": str}


def _page(call: Request, name: str, found: list[Any]) -> dict[str, Any]:
    size = call.query.get("page_size", 30)
    if not 1 <= size <= 300:
        refuse("parameters", "page_size is out of range")
    page, following = page_of(found, call.query.get("next_page_token"), size)
    said = {"page_size": size, "total_records": len(found), "next_page_token": following or ""}
    return {**said, name: page}


def _user(call: Request) -> Any:
    wanted = call.path["user_id"]
    found = [each for each in call.state["users"] if wanted in (each["id"], each["email"])]
    if not found:
        refuse("user", f"User does not exist: {wanted}.", 404)
    return found[0]


@API.route(
    "GET /users",
    query={"status?": {"active", "inactive", "pending"}, "role_id?": str, "page_number?": int}
    | _PAGE,
)
def list_users(call: Request) -> Any:
    wanted = call.query.get("status", "active")
    return _page(call, "users", [each for each in call.state["users"] if each["status"] == wanted])


@API.route(
    "GET /users/{user_id}/meetings",
    query={
        "type?": {"scheduled", "live", "upcoming", "upcoming_meetings", "previous_meetings"},
        "from?": str,
        "to?": str,
        "timezone?": str,
        "page_number?": int,
        **_PAGE,
    },
)
def list_meetings(call: Request) -> Any:
    host = _user(call)["id"]
    found = [each for each in call.state["meetings"].values() if each["host_id"] == host]
    if call.query.get("type", "scheduled") in ("live", "previous_meetings"):
        found = []
    return _page(call, "meetings", found)


@API.route(
    "POST /users/{user_id}/meetings",
    body={
        "topic?": str,
        "type?": {1, 2, 3, 8},
        "start_time?": str,
        "duration?": int,
        "timezone?": str,
        "agenda?": str,
        "password?": str,
        "schedule_for?": str,
        "settings?": dict,
        "recurrence?": dict,
    },
    effect="meeting_created",
)
def create_meeting(call: Request) -> Any:
    host = _user(call)["id"]
    key = 85012340000 + int(call.new_id())
    start, minutes = call.body.get("start_time", call.moment()), call.body.get("duration", 60)
    made = _meeting(key, host, call.body.get("topic", "Zoom Meeting"), start, minutes)
    made["timezone"] = call.body.get("timezone", made["timezone"])
    call.state["meetings"][str(key)] = made
    return Answer(201, made)


@API.route(
    "GET /meetings/{meeting_id}", query={"occurrence_id?": str, "show_previous_occurrences?": bool}
)
def get_meeting(call: Request) -> Any:
    return call.found(call.state["meetings"], call.path["meeting_id"], "meeting")


@API.route(
    "DELETE /meetings/{meeting_id}",
    query={"occurrence_id?": str, "schedule_for_reminder?": bool, "cancel_meeting_reminder?": bool},
    effect="meeting_deleted",
)
def delete_meeting(call: Request) -> Any:
    call.found(call.state["meetings"], call.path["meeting_id"], "meeting")
    del call.state["meetings"][call.path["meeting_id"]]
    return Answer(204)


@API.route(
    "GET /users/{user_id}/recordings",
    query={"from?": str, "to?": str, "trash?": bool, "mc?": str, "meeting_id?": str, **_PAGE},
)
def list_recordings(call: Request) -> Any:
    host = _user(call)["id"]
    begin, end = call.query.get("from", "2026-11-01"), call.query.get("to", "2026-11-30")
    found = [
        each
        for each in call.state["recordings"]
        if each["host_id"] == host and begin <= each["start_time"][:10] <= end
    ]
    return {"from": begin, "to": end, **_page(call, "meetings", found)}
