"""Notion's API, by developers.notion.com/reference: search, pages, blocks, tables, comments.

Version 2025-09-03, in which the rows of a table belong to a data source.
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.shapes import wrong
from connectors.simulated_api import Problem, Request, SimulatedApi, page_of, refuse

_CODES = {"not_found": "object_not_found", "scope": "restricted_resource"}
_PAGE = {"start_cursor?": str, "page_size?": int}
_TEXT = {"type?": {"text"}, "text": {"content": str, "link?": (dict, None)}, "annotations?": dict}
_BLOCK = {"object?": {"block"}, "type?": str, "*": dict}
_WHEN = "2026-11-01T09:00:00.000Z"


def _error(problem: Problem) -> Refusal:
    code = _CODES.get(problem.kind, "validation_error")
    body = {"object": "error", "status": problem.status, "code": code, "message": problem.message}
    return Refusal(problem.status, {**body, "request_id": "00000000-0000-4000-8000-000000000000"})


def _rich_text(text: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": {"content": text, "link": None}, "plain_text": text}]


def _page(number: int, title: str, parent: dict[str, Any]) -> dict[str, Any]:
    key = f"59833787-2cf9-4fdf-8782-{number:012}"
    return {
        "object": "page",
        "id": key,
        "created_time": _WHEN,
        "last_edited_time": _WHEN,
        "in_trash": False,
        "parent": parent,
        "properties": {"title": {"id": "title", "type": "title", "title": _rich_text(title)}},
        "url": f"https://www.notion.so/{key.replace('-', '')}",
        "public_url": None,
    }


_SOURCE = "1a44be12-0953-4631-b498-000000000001"
_DATABASE = "2f26ee68-df30-4251-aad4-000000000001"


def _state(account: FictionalAccount) -> dict[str, Any]:
    row = {"type": "data_source_id", "data_source_id": _SOURCE, "database_id": _DATABASE}
    pages = [
        _page(1, "Roadmap", {"type": "workspace", "workspace": True}),
        _page(2, "Meeting notes", {"type": "workspace", "workspace": True}),
        *(_page(number, f"Task {number - 2}", row) for number in range(3, 8)),
    ]
    for page in pages[2:]:
        page["properties"] = {"Name": page["properties"]["title"]}
    said = [
        {
            "object": "block",
            "id": f"c02fc1d3-db8b-45c5-a222-{number:012}",
            "type": "paragraph",
            "has_children": False,
            "paragraph": {"rich_text": _rich_text(text), "color": "default"},
        }
        for number, text in enumerate(("First the plan.", "Then the work."), 1)
    ]
    return {
        "pages": {page["id"]: page for page in pages},
        "blocks": {pages[0]["id"]: said},
        "comments": [],
    }


API = SimulatedApi(
    "notion",
    base="api.notion.com/v1",
    state=_state,
    refuse=_error,
    headers={"notion-version": frozenset({"2025-09-03"})},
)


def _listed(call: Request, things: list[Any], given: dict[str, Any]) -> dict[str, Any]:
    size = min(given.get("page_size", 100), 100)
    results, cursor = page_of(things, given.get("start_cursor"), size)
    return {
        "object": "list",
        "results": results,
        "next_cursor": cursor,
        "has_more": cursor is not None,
        "type": "page_or_data_source",
    }


def _title(page: dict[str, Any]) -> str:
    for value in page["properties"].values():
        if "title" in value:
            return "".join(part["text"]["content"] for part in value["title"])
    return ""


@API.route(
    "POST /search",
    body={
        "query?": str,
        "sort?": {"direction": {"ascending", "descending"}, "timestamp": {"last_edited_time"}},
        "filter?": {"property": {"object"}, "value": {"page", "data_source"}},
        **_PAGE,
    },
)
def search(call: Request) -> Any:
    wanted = call.body.get("query", "").lower()
    found = [page for page in call.state["pages"].values() if wanted in _title(page).lower()]
    if call.body.get("filter", {}).get("value") == "data_source":
        found = []
    return _listed(call, found, call.body)


@API.route("GET /pages/{page_id}", query={"filter_properties?": [str]})
def get_page(call: Request) -> Any:
    return call.found(call.state["pages"], call.path["page_id"], "page with ID:")


@API.route(
    "POST /pages",
    body={
        "parent": (
            {"type?": {"page_id"}, "page_id": str},
            {"type?": {"data_source_id"}, "data_source_id": str},
            {"type?": {"database_id"}, "database_id": str},
        ),
        "properties?": {"*": dict},
        "children?": [_BLOCK],
        "icon?": dict,
        "cover?": dict,
    },
    effect="page_created",
)
def create_page(call: Request) -> Any:
    parent = call.body["parent"]
    if "page_id" in parent:
        call.found(call.state["pages"], parent["page_id"], "page with ID:")
    if "data_source_id" in parent:
        call.found({_SOURCE: True}, parent["data_source_id"], "data source with ID:")
    page = _page(int(call.new_id()), "", {"type": next(iter(parent.keys() - {"type"})), **parent})
    page["properties"] = call.body.get("properties", {})
    call.state["pages"][page["id"]] = page
    call.state["blocks"][page["id"]] = _added(call, call.body.get("children", []))
    return page


@API.route(
    "PATCH /pages/{page_id}",
    body={
        "properties?": {"*": dict},
        "in_trash?": bool,
        "icon?": (dict, None),
        "cover?": (dict, None),
    },
    effect="page_updated",
)
def update_page(call: Request) -> Any:
    page = call.found(call.state["pages"], call.path["page_id"], "page with ID:")
    for name, value in call.body.get("properties", {}).items():
        if name not in page["properties"]:
            refuse("body", f"{name} is not a property that exists.")
        page["properties"][name] = {**page["properties"][name], **value}
    page["in_trash"] = call.body.get("in_trash", page["in_trash"])
    page["last_edited_time"] = call.moment()
    return page


def _added(call: Request, children: list[Any]) -> list[dict[str, Any]]:
    """Blocks in the form in which they are answered, if they are in order."""
    if len(children) > 100:
        refuse("body", "body.children.length should be ≤ `100`")
    found = []
    for block in children:
        kind = block.get("type") or next(iter(block.keys() - {"object", "type"}), "")
        inside = block.get(kind)
        if not isinstance(inside, dict) or len(block.keys() - {"object", "type"}) != 1:
            refuse("body", f"body.children.{kind} should be defined")
        parts = inside.get("rich_text", [])
        if problem := wrong([_TEXT], parts, f"body.children.{kind}.rich_text"):
            refuse("body", problem)
        for part in parts:
            if len(part["text"]["content"]) > 2000:
                refuse("body", "body.children.text.content.length should be ≤ `2000`")
        texts = [text for part in parts for text in _rich_text(part["text"]["content"])]
        about = {"object": "block", "id": call.new_id("block-"), "type": kind}
        found.append({**about, "has_children": False, kind: {**inside, "rich_text": texts}})
    return found


@API.route("GET /blocks/{block_id}/children", query=_PAGE)
def list_blocks(call: Request) -> Any:
    call.found(call.state["pages"], call.path["block_id"], "block with ID:")
    return _listed(call, call.state["blocks"].get(call.path["block_id"], []), dict(call.query))


@API.route(
    "PATCH /blocks/{block_id}/children",
    body={"children": [_BLOCK], "after?": str},
    effect="blocks_appended",
)
def append_blocks(call: Request) -> Any:
    call.found(call.state["pages"], call.path["block_id"], "block with ID:")
    added = _added(call, call.body["children"])
    call.state["blocks"].setdefault(call.path["block_id"], []).extend(added)
    return _listed(call, added, {})


@API.route(
    "POST /data_sources/{data_source_id}/query",
    query={"filter_properties?": [str]},
    body={"filter?": dict, "sorts?": [dict], **_PAGE},
)
def query_data_source(call: Request) -> Any:
    key = call.path["data_source_id"]
    rows = [p for p in call.state["pages"].values() if p["parent"].get("data_source_id") == key]
    call.found({row["parent"]["data_source_id"]: row for row in rows}, key, "data source with ID:")
    return _listed(call, rows, call.body)


@API.route("GET /databases/{database_id}")
def get_database(call: Request) -> Any:
    call.found({_DATABASE: True}, call.path["database_id"], "database with ID:")
    return {
        "object": "database",
        "id": _DATABASE,
        "title": _rich_text("Tasks"),
        "parent": {"type": "workspace", "workspace": True},
        "in_trash": False,
        "data_sources": [{"id": _SOURCE, "name": "Tasks"}],
        "url": f"https://www.notion.so/{_DATABASE.replace('-', '')}",
    }


@API.route(
    "POST /comments",
    body={
        "parent?": ({"type?": {"page_id"}, "page_id": str}, {"block_id": str}),
        "discussion_id?": str,
        "rich_text": [_TEXT],
    },
    effect="comment_created",
)
def add_comment(call: Request) -> Any:
    if ("parent" in call.body) == ("discussion_id" in call.body):
        refuse("body", "body should have one of parent and discussion_id")
    parent = call.body.get("parent", {})
    if "page_id" in parent:
        call.found(call.state["pages"], parent["page_id"], "page with ID:")
    texts = [part["text"]["content"] for part in call.body["rich_text"]]
    made = {
        "object": "comment",
        "id": call.new_id("comment-"),
        "parent": {"type": next(iter(parent.keys() - {"type"}), "page_id"), **parent},
        "discussion_id": call.body.get("discussion_id", call.new_id("discussion-")),
        "created_time": call.moment(),
        "rich_text": _rich_text("".join(texts)),
    }
    call.state["comments"].append(made)
    return made
