"""Intercom's API, by intercom/Intercom-OpenAPI, version 2.14."""

from typing import Any

from connectors.provider import FictionalAccount
from connectors.provider_keys import Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, page_of, refuse

_REQUEST = "8c288c4f-b699-4209-9de4-064398f02785"
_PAGING = {"per_page?": int, "starting_after?": (str, None)}
_SEARCH = {
    "query": {
        "field": str,
        "operator": {"=", "!=", "~", "!~", "^", "$", ">", "<"},
        "value": object,
    },
    "pagination?": _PAGING,
}


def _state(account: FictionalAccount) -> dict[str, Any]:
    workspace = account.facts["workspace"]
    admins = [
        {"type": "admin", "id": number, "name": name, "email": email, "team_ids": []}
        for number, name, email in (
            ("660001", "Ana Diaz", f"ana@{workspace}.example"),
            ("660002", "Ben Okoro", f"ben@{workspace}.example"),
        )
    ]

    def contact(contact_id: str, name: str, email: str) -> dict[str, Any]:
        about = {"type": "contact", "id": contact_id, "workspace_id": workspace, "role": "user"}
        seen = {"created_at": 1767225600, "updated_at": 1767225600, "last_seen_at": None}
        return {**about, "name": name, "email": email, "phone": None, "external_id": None, **seen}

    def conversation(number: str, state: str, text: str) -> dict[str, Any]:
        author = {"type": "user", "id": "66c1", "name": "Gil", "email": "gil@globex.example"}
        source = {"type": "conversation", "id": f"9{number}", "subject": "", "body": text}
        parts = {"type": "conversation_part.list", "conversation_parts": [], "total_count": 0}
        return {
            "type": "conversation",
            "id": number,
            "title": None,
            "created_at": 1767225600,
            "updated_at": 1767225600,
            "source": {**source, "author": author, "delivered_as": "customer_initiated"},
            "admin_assignee_id": 660001,
            "open": state == "open",
            "state": state,
            "read": False,
            "conversation_parts": parts,
        }

    found = (
        conversation("5001", "open", "<p>Where is my parcel?</p>"),
        conversation("5002", "open", "<p>Can I get a refund?</p>"),
        conversation("5003", "closed", "<p>Thank you!</p>"),
    )
    contacts = (
        contact("66c1", "Gil Moss", "gil@globex.example"),
        contact("66c2", "Gilda Roy", "gilda@globex.example"),
        contact("66c3", "Hal", "hal@hooli.example"),
    )
    article = {"type": "article", "workspace_id": workspace, "description": "", "author_id": 660001}
    return {
        "admins": admins,
        "contacts": {each["id"]: each for each in contacts},
        "conversations": {each["id"]: each for each in found},
        "articles": [
            {
                **article,
                "id": "45",
                "title": "How to get a refund",
                "body": "<p>Ask within 30 days.</p>",
                "state": "published",
                "url": "https://help.example/45",
            },
            {
                **article,
                "id": "46",
                "title": "Refund rules",
                "body": "",
                "state": "draft",
                "url": None,
            },
        ],
    }


def _refuse(problem: Problem) -> Refusal:
    code = {
        "not_found": "not_found",
        "conflict": "conflict",
        "header": "intercom_version_invalid",
    }.get(problem.kind, "parameter_invalid")
    error = {"code": code, "message": problem.message}
    body = {"type": "error.list", "request_id": _REQUEST, "errors": [error]}
    return Refusal(problem.status, body)


API = SimulatedApi(
    "intercom",
    base="{us=api.intercom.io|eu=api.eu.intercom.io|au=api.au.intercom.io}",
    state=_state,
    refuse=_refuse,
    headers={"intercom-version": frozenset({"2.14"})},  # this file's; every release is accepted
)


def _found(call: Request, things: list[Any]) -> tuple[list[Any], dict[str, Any]]:
    """The page of a search, and its ``pages``."""
    asked = call.body.get("pagination", {})
    size = asked.get("per_page", 10)
    if not 1 <= size <= 150:
        refuse("body", "per_page must be a number between 1 and 150")
    found, after = page_of(things, asked.get("starting_after"), size)
    pages = {"type": "pages", "page": 1, "per_page": size, "total_pages": -(-len(things) // size)}
    return found, {**pages, "next": {"per_page": size, "starting_after": after}} if after else pages


def _passes(thing: dict[str, Any], query: dict[str, Any], fields: tuple[str, ...]) -> bool:
    if query["field"] not in fields:
        refuse("body", f"{query['field']} is no field of the search")
    has, value = str(thing.get(query["field"]) or ""), str(query["value"])
    tests = {"=": has == value, "!=": has != value, "~": value in has, "^": has.startswith(value)}
    return tests[query["operator"]] if query["operator"] in tests else refuse("body", "operator")


@API.route("GET /admins", query={"display_avatar?": bool})
def list_admins(call: Request) -> Any:
    return {"type": "admin.list", "admins": call.state["admins"]}


@API.route("POST /contacts/search", body=_SEARCH)
def search_contacts(call: Request) -> Any:
    fields = ("email", "name", "phone", "external_id", "role", "id")
    those = [
        each
        for each in call.state["contacts"].values()
        if _passes(each, call.body["query"], fields)
    ]
    found, pages = _found(call, those)
    return {"type": "list", "data": found, "total_count": len(those), "pages": pages}


@API.route(
    "POST /contacts",
    body={
        "role?": {"user", "lead"},
        "email?": str,
        "external_id?": str,
        "phone?": (str, None),
        "name?": (str, None),
    },
    effect="contact_created",
)
def create_contact(call: Request) -> Any:
    email = call.body.get("email")
    for each in call.state["contacts"].values():
        if email and each["email"] == email:
            text = f"A contact matching those details already exists with id={each['id']}"
            refuse("conflict", text)
    now = int(call.now.timestamp())
    made = {
        "type": "contact",
        "id": call.new_id("66c"),
        "workspace_id": call.account.facts["workspace"],
        "external_id": None,
        "role": "user",
        "phone": None,
        "name": None,
        "created_at": now,
        "updated_at": now,
        "last_seen_at": None,
        **call.body,
    }
    call.state["contacts"][made["id"]] = made
    return made


@API.route("POST /conversations/search", body=_SEARCH)
def search_conversations(call: Request) -> Any:
    fields = ("id", "state", "open", "read", "admin_assignee_id")
    those = [
        {name: value for name, value in each.items() if name != "conversation_parts"}
        for each in call.state["conversations"].values()
        if _passes(each, call.body["query"], fields)
    ]
    found, pages = _found(call, those)
    counts = {"total_count": len(those), "pages": pages}
    return {"type": "conversation.list", "conversations": found, **counts}


@API.route(
    "GET /conversations/{conversation_id}",
    query={"display_as?": {"plaintext"}, "include_translations?": bool},
)
def get_conversation(call: Request) -> Any:
    found = call.found(call.state["conversations"], call.path["conversation_id"])
    if call.query.get("display_as") != "plaintext":
        return found
    text = found["source"]["body"].replace("<p>", "").replace("</p>", "")
    return {**found, "source": {**found["source"], "body": text}}


def _admin(call: Request) -> dict[str, Any]:
    for each in call.state["admins"]:
        if each["id"] == call.body["admin_id"]:
            return {"type": "admin", "id": each["id"], "name": each["name"]}
    return refuse("not_found", "Admin for admin_id not found")


def _part(call: Request, kind: str, body: str | None) -> Any:
    found = call.found(call.state["conversations"], call.path["conversation_id"])
    now = int(call.now.timestamp())
    part = {"type": "conversation_part", "id": call.new_id(), "part_type": kind, "body": body}
    parts = found["conversation_parts"]
    parts["conversation_parts"].append({**part, "created_at": now, "author": _admin(call)})
    parts["total_count"] = len(parts["conversation_parts"])
    found["updated_at"] = now
    return found


@API.route(
    "POST /conversations/{conversation_id}/reply",
    body={
        "message_type": {"comment", "note"},
        "type": {"admin"},
        "admin_id": str,
        "body": str,
        "created_at?": int,
        "attachment_urls?": [str],
    },
    effect="reply_created",
)
def reply(call: Request) -> Any:
    return _part(call, call.body["message_type"], f"<p>{call.body['body']}</p>")


@API.route(
    "POST /conversations/{conversation_id}/parts",
    body={"message_type": {"close"}, "type": {"admin"}, "admin_id": str, "body?": str},
    effect="conversation_closed",
)
def close(call: Request) -> Any:
    found = _part(call, "close", call.body.get("body"))
    found.update(open=False, state="closed")
    return found


@API.route(
    "GET /articles/search",
    query={"phrase?": str, "state?": str, "help_center_id?": int, "highlight?": bool},
)
def search_articles(call: Request) -> Any:
    word, state = call.query.get("phrase", "").lower(), call.query.get("state", "all")
    found = [
        each
        for each in call.state["articles"]
        if word in each["title"].lower() and state in ("all", each["state"])
    ]
    pages = {"type": "pages", "page": 1, "total_pages": 1, "per_page": 10}
    data = {"articles": found, "highlights": []}
    return {"type": "list", "total_count": len(found), "data": data, "pages": pages}
