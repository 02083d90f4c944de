"""Figma's REST API, by its OpenAPI description (figma/rest-api-spec).

A comment's position, versions and variables are not simulated.
"""

from typing import Any

from connectors.provider import FictionalAccount
from connectors.provider_keys import Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, refuse

_KEY = "AbCdEf1234567890abcdEF"


def _state(account: FictionalAccount) -> dict[str, Any]:
    def node(node_id: str, name: str, kind: str, *children: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {"id": node_id, "name": name, "type": kind}
        return {**found, "children": list(children)} if kind != "TEXT" else found

    frame = node("1:2", "Login", "FRAME", node("1:3", "Title", "TEXT"))
    me = {"id": account.facts["id"], "handle": account.facts["handle"], "img_url": ""}
    comment: dict[str, Any] = {
        "id": "9001",
        "file_key": _KEY,
        "parent_id": "",
        "user": me,
        "created_at": "2026-01-05T09:00:00Z",
        "resolved_at": None,
        "message": "Is this the right blue?",
        "client_meta": {"node_id": "1:2", "node_offset": {"x": 1, "y": 2}},
        "order_id": "1",
        "reactions": [],
    }
    return {
        "document": node("0:0", "Document", "DOCUMENT", node("0:1", "Page 1", "CANVAS", frame)),
        "comments": {"9001": comment},
        "me": me,
    }


def _refuse(problem: Problem) -> Refusal:
    message = {
        "scope": f"Invalid scope(s): {' or '.join(problem.scopes)} is required",
        "not_found": "Not found",
    }.get(problem.kind, problem.message)
    return Refusal(problem.status, {"status": problem.status, "err": message})


API = SimulatedApi("figma", base="api.figma.com/v1", state=_state, refuse=_refuse)


def _file(call: Request) -> None:
    if call.path["file_key"] != _KEY:
        refuse("not_found")


def _cut(node: dict[str, Any], depth: int) -> dict[str, Any]:
    if "children" not in node:
        return node
    return {
        **node,
        "children": [_cut(each, depth - 1) for each in node["children"]] if depth else [],
    }


def _nodes(node: dict[str, Any]) -> dict[str, Any]:
    found = {node["id"]: node}
    for child in node.get("children", ()):
        found |= _nodes(child)
    return found


def _about(call: Request) -> dict[str, Any]:
    about = {"name": "App", "lastModified": "2026-01-05T09:00:00Z", "version": "12"}
    return {**about, "role": "owner", "editorType": "figma", "thumbnailUrl": "https://f.example/t"}


@API.route(
    "GET /files/{file_key}",
    any_of="file_content:read",
    query={
        "version?": str,
        "ids?": str,
        "depth?": float,
        "geometry?": {"paths"},
        "plugin_data?": str,
        "branch_data?": bool,
    },
)
def get_file(call: Request) -> Any:
    _file(call)
    document = _cut(call.state["document"], int(call.query.get("depth", 99)))
    parts = {"components": {}, "componentSets": {}, "schemaVersion": 0, "styles": {}}
    return {**_about(call), "document": document, **parts}


@API.route(
    "GET /files/{file_key}/nodes",
    any_of="file_content:read",
    query={"ids": str, "version?": str, "depth?": float, "geometry?": {"paths"}},
)
def get_nodes(call: Request) -> Any:
    _file(call)
    known, depth = _nodes(call.state["document"]), int(call.query.get("depth", 99))
    found = {
        each: {"document": _cut(known[each], depth)} if each in known else None
        for each in call.query["ids"].split(",")
    }
    return {**_about(call), "nodes": found}


@API.route(
    "GET /images/{file_key}",
    any_of="file_content:read",
    query={
        "ids": str,
        "version?": str,
        "scale?": float,
        "format?": {"jpg", "png", "svg", "pdf"},
        "contents_only?": bool,
        "use_absolute_bounds?": bool,
    },
)
def render(call: Request) -> Any:
    _file(call)
    if not 0.01 <= call.query.get("scale", 1) <= 4:
        refuse("parameters", "scale must be a number between 0.01 and 4")
    known, kind = _nodes(call.state["document"]), call.query.get("format", "png")
    images = {
        each: f"https://figma-images.example/{each.replace(':', '-')}.{kind}"
        if each in known
        else None
        for each in call.query["ids"].split(",")
    }
    return {"err": None, "images": images}


@API.route("GET /files/{file_key}/comments", any_of="file_comments:read", query={"as_md?": bool})
def list_comments(call: Request) -> Any:
    _file(call)
    return {"comments": list(call.state["comments"].values())}


@API.route(
    "POST /files/{file_key}/comments",
    scopes="file_comments:write",
    body={"message": str, "comment_id?": str, "client_meta?": dict},
    effect="comment_created",
)
def add_comment(call: Request) -> Any:
    _file(call)
    parent = call.body.get("comment_id", "")
    if parent and call.found(call.state["comments"], parent)["parent_id"]:
        refuse("body", "You cannot reply to a reply")
    made = {
        "id": call.new_id("9"),
        "file_key": _KEY,
        "parent_id": parent,
        "user": call.state["me"],
        "created_at": call.moment(),
        "resolved_at": None,
        "message": call.body["message"],
        "client_meta": call.body.get("client_meta", {"x": 0, "y": 0}),
        "order_id": "2",
        "reactions": [],
    }
    call.state["comments"][made["id"]] = made
    return made


@API.route(
    "DELETE /files/{file_key}/comments/{comment_id}",
    scopes="file_comments:write",
    effect="comment_deleted",
)
def delete_comment(call: Request) -> Any:
    _file(call)
    comment = call.found(call.state["comments"], call.path["comment_id"])
    if comment["user"]["id"] != call.account.facts["id"]:
        refuse("forbidden", "Only the person who made the comment may delete it", 403)
    del call.state["comments"][comment["id"]]
    return {"status": 200, "error": False, "i18n": None}


@API.route("GET /teams/{team_id}/projects", any_of="projects:read")
def list_projects(call: Request) -> Any:
    if call.path["team_id"] != "7001":
        refuse("forbidden", "You don't have access to this team", 403)
    return {"name": "Acme", "projects": [{"id": "8001", "name": "Mobile"}]}


@API.route("GET /projects/{project_id}/files", any_of="projects:read", query={"branch_data?": bool})
def list_files(call: Request) -> Any:
    if call.path["project_id"] != "8001":
        refuse("forbidden", "You don't have access to this project", 403)
    file = {"key": _KEY, "name": "App", "thumbnail_url": "https://f.example/t"}
    return {"name": "Mobile", "files": [{**file, "last_modified": "2026-01-05T09:00:00Z"}]}
