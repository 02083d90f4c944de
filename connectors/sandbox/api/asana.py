"""Asana's API, by the OpenAPI document that Asana publishes (Asana/openapi, ``asana_oas.yaml``):
createTask, getProject, createWebhook. The handshake of a webhook is not simulated.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import ELSEWHERE, Answer, Problem, Request, SimulatedApi, refuse

_WORKSPACE = {"gid": "1100000000000001", "resource_type": "workspace", "name": "Acme"}


def _state(account: FictionalAccount) -> dict[str, Any]:
    owner = {"gid": account.facts["gid"], "resource_type": "user", "name": account.facts["name"]}
    project = {
        "gid": "1300000000000001",
        "resource_type": "project",
        "name": "Launch",
        "notes": "All that has to happen before the launch.",
        "archived": False,
        "due_on": "2026-12-31",
        "owner": owner,
        "workspace": _WORKSPACE,
        "permalink_url": "https://app.asana.com/0/1300000000000001/list",
    }
    return {"projects": {project["gid"]: project}, "tasks": {}, "me": owner}


def _refuse(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"errors": [{"message": problem.message or problem.kind}]})


API = SimulatedApi("asana", base="app.asana.com/api/1.0", state=_state, refuse=_refuse)


@API.route("GET /users/me")
def get_me(call: Request) -> Any:
    return ELSEWHERE


@API.route("GET /projects/{gid}", scopes="projects:read", query={"opt_fields?": str})
def get_project(call: Request) -> Any:
    return {"data": call.found(call.state["projects"], call.path["gid"], "project")}


@API.route(
    "POST /tasks",
    scopes="tasks:write",
    body={
        "data": {
            "name?": str,
            "notes?": str,
            "assignee?": (str, None),
            "due_on?": (str, None),
            "projects?": [str],
            "workspace?": str,
            "parent?": (str, None),
        }
    },
    effect="task_created",
)
def create_task(call: Request) -> Any:
    asked, me = call.body["data"], call.state["me"]
    for gid in asked.get("projects", []):
        call.found(call.state["projects"], gid, "project")
    if asked.get("workspace", _WORKSPACE["gid"]) != _WORKSPACE["gid"]:
        refuse("not_found", f"workspace: Unknown object: {asked['workspace']}")
    if not asked.get("projects") and "workspace" not in asked:
        refuse("body", "You should specify one of workspace, parent, projects")
    if asked.get("assignee") not in (None, "me", me["gid"]):
        refuse("body", "assignee: Not a user in this workspace")
    gid = call.new_id("140000000000")
    task = {
        "gid": gid,
        "resource_type": "task",
        "name": asked.get("name", ""),
        "notes": asked.get("notes", ""),
        "due_on": asked.get("due_on"),
        "assignee": me if asked.get("assignee") else None,
        "permalink_url": f"https://app.asana.com/0/0/{gid}",
    }
    call.state["tasks"][gid] = task
    return Answer(201, {"data": task})


@API.route(
    "POST /webhooks",
    scopes="webhooks:write",
    body={"data": {"resource": str, "target": str, "filters?": [dict]}},
    effect="webhook_created",
)
def create_webhook(call: Request) -> Any:
    asked = call.body["data"]
    project = call.found(call.state["projects"], asked["resource"], "resource")
    about = {name: project[name] for name in ("gid", "resource_type", "name")}
    webhook = {"gid": call.new_id("15"), "resource_type": "webhook", "active": True}
    return Answer(201, {"data": {**webhook, "resource": about, "target": asked["target"]}})
