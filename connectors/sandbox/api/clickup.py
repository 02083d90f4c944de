"""ClickUp's API v2: getSpaces, createTask.

Unconfirmed: written from a description of the API that others made (api-evangelist/clickup), and
the code of a refusal for an unknown id is a guess.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import ELSEWHERE, Problem, Request, SimulatedApi, refuse

_WORKSPACE, _LIST = "90100001", "90120001"


def _state(account: FictionalAccount) -> dict[str, Any]:
    return {
        "spaces": [
            {"id": "90110001", "name": "Launch", "private": False, "archived": False},
            {"id": "90110002", "name": "Old plans", "private": False, "archived": True},
        ],
        "tasks": {},
    }


def _refuse(problem: Problem) -> Refusal:
    code = {"not_found": "OAUTH_027"}.get(problem.kind, "INPUT_003")
    status = 401 if problem.kind == "not_found" else problem.status
    return Refusal(status, {"err": problem.message or problem.kind, "ECODE": code})


API = SimulatedApi("clickup", base="api.clickup.com/api/v2", state=_state, refuse=_refuse)


@API.route("GET /user")
def get_user(call: Request) -> Any:
    return ELSEWHERE


@API.route("GET /team/{team_id}/space", query={"archived?": bool})
def get_spaces(call: Request) -> Any:
    if call.path["team_id"] != _WORKSPACE:
        refuse("not_found", "Team not authorized")
    wanted = call.query.get("archived", False)
    return {"spaces": [space for space in call.state["spaces"] if space["archived"] == wanted]}


@API.route(
    "POST /list/{list_id}/task",
    body={
        "name": str,
        "description?": str,
        "markdown_description?": str,
        "assignees?": [int],
        "tags?": [str],
        "status?": str,
        "priority?": (int, None),
        "due_date?": int,
        "due_date_time?": bool,
        "parent?": (str, None),
    },
    effect="task_created",
)
def create_task(call: Request) -> Any:
    if call.path["list_id"] != _LIST:
        refuse("not_found", "Team not authorized")
    if not call.body["name"]:
        refuse("body", "Task name invalid")
    key = call.new_id("86sand")
    task = {
        "id": key,
        "name": call.body["name"],
        "description": call.body.get("description", ""),
        "status": {"status": "to do", "type": "open"},
        "url": f"https://app.clickup.com/t/{key}",
    }
    call.state["tasks"][key] = task
    return task
