"""Runway's API, by docs.dev.runwayml.com/api (text to video, text to image, tasks, errors).

The members are those of Runway's own library.
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, refuse

_DONE = "17f20503-6c24-4c16-946b-35dbbce2af2f"


def _error(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"error": problem.message})


def _state(account: FictionalAccount) -> dict[str, Any]:
    done = {
        "id": _DONE,
        "createdAt": "2026-11-29T12:00:00.000Z",
        "status": "SUCCEEDED",
        "output": ["https://result.example/garden.mp4"],
        "cost": {"credits": 60},
    }
    return {"tasks": {_DONE: done}}


API = SimulatedApi(
    "runway",
    base="api.dev.runwayml.com/v1",
    state=_state,
    refuse=_error,
    headers={"x-runway-version": frozenset({"2024-11-06"})},
)
_BODY = {"promptText": str, "ratio": {"1280:720", "720:1280"}, "seed?": int}


def _start(call: Request, credits: int) -> dict[str, Any]:
    number = int(call.new_id())
    key = f"00000000-0000-4000-8000-{number:012d}"
    cost = {"credits": credits}
    call.state["tasks"][key] = {
        "id": key,
        "createdAt": call.moment(),
        "status": "PENDING",
        "estimatedCost": cost,
    }
    return {"id": key, "estimatedCost": cost}


@API.route(
    "POST /text_to_video",
    body={**_BODY, "model": {"gen4.5", "veo3.1", "veo3.1_fast"}, "duration": int},
    effect="task_created",
)
def text_to_video(call: Request) -> Any:
    if not 2 <= call.body["duration"] <= 10:
        refuse("body", "Validation of body failed: duration")
    return _start(call, 12 * call.body["duration"])


@API.route(
    "POST /text_to_image",
    body={**_BODY, "model": {"gen4_image", "gen4_image_turbo"}},
    effect="task_created",
)
def text_to_image(call: Request) -> Any:
    return _start(call, 5)


@API.route("GET /tasks/{id}")
def get_task(call: Request) -> Any:
    return call.found(call.state["tasks"], call.path["id"], "task")
