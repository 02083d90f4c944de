"""Notion's API, by developers.notion.com/reference (search, pages, blocks, data sources, errors).

Version 2025-09-03, in which the rows of a table belong to a data source.
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, page_of

_CODES = {"not_found": "object_not_found", "scope": "restricted_resource"}
_PAGE = {"start_cursor?": str, "page_size?": int}
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
    return {"pages": {page["id"]: page for page in pages}, "blocks": {}}


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
        "children?": [dict],
        "icon?": dict,
        "cover?": dict,
    },
    effect="page_created",
)
def create_page(call: Request) -> Any:
    parent = call.body["parent"]
    if "page_id" in parent:
        call.found(call.state["pages"], parent["page_id"], "page with ID:")
    page = _page(int(call.new_id()), "", {"type": next(iter(parent.keys() - {"type"})), **parent})
    page["properties"] = call.body.get("properties", {})
    call.state["pages"][page["id"]] = page
    call.state["blocks"][page["id"]] = list(call.body.get("children", []))
    return page


@API.route("GET /blocks/{block_id}/children", query=_PAGE)
def list_blocks(call: Request) -> Any:
    call.found(call.state["pages"], call.path["block_id"], "block with ID:")
    return _listed(call, call.state["blocks"].get(call.path["block_id"], []), dict(call.query))


@API.route(
    "PATCH /blocks/{block_id}/children",
    body={"children": [dict], "after?": str},
    effect="blocks_appended",
)
def append_blocks(call: Request) -> Any:
    call.found(call.state["pages"], call.path["block_id"], "block with ID:")
    added = [{"object": "block", "id": call.new_id("block-"), **b} for b in call.body["children"]]
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
