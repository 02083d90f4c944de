"""Canva's Connect API, by the OpenAPI document that Canva publishes
(canva-connect-api-starter-kit): createDesign, createDesignExportJob, getDesignExportJob.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import ELSEWHERE, Problem, Request, SimulatedApi, refuse

_DONE = "e08861ae-3b29-45db-8dc1-1fe0bf7f1cc8"
_FILE = {"type": {"pdf", "png", "jpg", "pptx", "gif", "mp4"}, "pages?": [int], "size?": str}


def _state(account: FictionalAccount) -> dict[str, Any]:
    file = "https://export-download.canva.com/sandbox/launch.pdf"
    return {
        "owner": account.facts["team_user"],
        "designs": {"DAFSandbox01"},
        "exports": {_DONE: {"id": _DONE, "status": "success", "urls": [file]}},
    }


def _refuse(problem: Problem) -> Refusal:
    codes = {
        "not_found": "not_found",
        "scope": "missing_scope",
        "rate_limited": "too_many_requests",
    }
    code = codes.get(problem.kind, "bad_request_body")
    return Refusal(problem.status, {"code": code, "message": problem.message or problem.kind})


API = SimulatedApi("canva", base="api.canva.com/rest/v1", state=_state, refuse=_refuse)


@API.route("GET /users/me")
def get_me(call: Request) -> Any:
    return ELSEWHERE


@API.route(
    "POST /designs",
    scopes="design:content:write",
    body={
        "type?": {"type_and_asset"},
        "design_type?": (
            {"type": {"preset"}, "name": {"doc", "email", "presentation", "whiteboard"}},
            {"type": {"custom"}, "width": int, "height": int},
        ),
        "asset_id?": str,
        "title?": str,
    },
    effect="design_created",
)
def create_design(call: Request) -> Any:
    if "design_type" not in call.body and "asset_id" not in call.body:
        refuse("body", "One of design_type or asset_id must be defined.")
    key = call.new_id("DAFSandbox")
    call.state["designs"].add(key)
    links = {f"{what}_url": f"https://www.canva.com/api/design/{key}/{what}" for what in _LINKS}
    title = {"title": call.body["title"]} if "title" in call.body else {}
    about = {"id": key, "owner": call.state["owner"], "urls": links, "design_types": ["unknown"]}
    return {"design": {**about, **title, "created_at": 1793000000, "updated_at": 1793000000}}


_LINKS = ("edit", "view")


@API.route(
    "POST /exports",
    scopes="design:content:read",
    body={"design_id": str, "format": _FILE},
    effect="export_started",
)
def create_export(call: Request) -> Any:
    if call.body["design_id"] not in call.state["designs"]:
        refuse("not_found", f"Design with id '{call.body['design_id']}' not found")
    key = call.new_id("export-")
    call.state["exports"][key] = {"id": key, "status": "in_progress"}
    return {"job": call.state["exports"][key]}


@API.route("GET /exports/{id}", scopes="design:content:read")
def get_export(call: Request) -> Any:
    return {"job": call.found(call.state["exports"], call.path["id"], "export")}
