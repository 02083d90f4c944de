"""Zendesk's Ticketing API, by developer.zendesk.com: tickets, comments, search, users.

Which scope the search needs is not documented beyond ``read``, which opens everything for reading.
"""

from collections.abc import Sequence
from typing import Any

from connectors.provider import FictionalAccount
from connectors.provider_keys import Refusal
from connectors.simulated_api import Answer, Problem, Request, SimulatedApi, page_of, refuse

_STATUS = {"new", "open", "pending", "hold", "solved", "closed"}
_PRIORITY = {"low", "normal", "high", "urgent"}
_CURSOR = {"page[size]?": int, "page[after]?": str, "page[before]?": str}
_COMMENT = {"body?": str, "html_body?": str, "public?": bool, "author_id?": int}
_TICKET = {
    "subject?": str,
    "comment?": _COMMENT,
    "status?": _STATUS,
    "priority?": _PRIORITY,
    "type?": {"problem", "incident", "question", "task"},
    "assignee_id?": int,
    "requester_id?": int,
    "requester?": {"name?": str, "email": str},
    "tags?": [str],
}


def _state(account: FictionalAccount) -> dict[str, Any]:
    me = account.facts["id"]

    def ticket(number: int, subject: str, status: str) -> dict[str, Any]:
        times = {"created_at": "2026-01-05T09:00:00Z", "updated_at": "2026-01-05T09:00:00Z"}
        text = f"{subject}, please help"
        people = {"requester_id": 361200000009, "submitter_id": me, "assignee_id": me}
        about = {"id": number, "subject": subject, "description": text, "status": status}
        return {**about, "priority": None, "type": None, "tags": [], **people, **times}

    def comment(number: int, text: str, public: bool) -> dict[str, Any]:
        body = {"body": text, "html_body": f"<p>{text}</p>", "plain_body": text}
        about = {"id": number, "type": "Comment", "author_id": me, "public": public}
        return {**about, **body, "created_at": "2026-01-05T09:00:00Z"}

    tickets = (
        ticket(35, "printer on fire", "open"),
        ticket(36, "printer has no paper", "open"),
        ticket(37, "Where is my invoice", "solved"),
    )
    comments = [comment(901, "printer on fire, please help", True), comment(902, "Smell it", False)]
    return {
        "tickets": {str(each["id"]): each for each in tickets},
        "comments": {"35": comments, "36": [], "37": []},
        "users": [
            _user(me, account.facts["name"], account.facts["login"], "agent"),
            _user(361200000009, "Bento Silva", "bento", "end-user"),
        ],
    }


def _user(number: int, name: str, login: str, role: str) -> dict[str, Any]:
    email = f"{login}@acme.example"
    return {"id": number, "name": name, "email": email, "role": role, "organization_id": None}


def _refuse(problem: Problem) -> Refusal:
    if problem.kind == "scope":
        missing = f"Missing the following required scopes: {', '.join(problem.scopes)}"
        return Refusal(403, {"error": "Forbidden", "description": missing})
    if problem.kind == "not_found":
        return Refusal(404, {"error": "RecordNotFound", "description": "Not found"})
    if problem.kind == "record":
        return Refusal(422, {"error": "RecordInvalid", "description": problem.message})
    return Refusal(400, {"error": "InvalidParameter", "description": problem.message})


API = SimulatedApi("zendesk", base="{tenant}.zendesk.com/api/v2", state=_state, refuse=_refuse)


def _paged(call: Request, name: str, things: Sequence[Any]) -> dict[str, Any]:
    size = call.query.get("page[size]", 100)
    if not 1 <= size <= 100:
        refuse("parameters", "page[size] must be between 1 and 100")
    found, after = page_of(things, call.query.get("page[after]"), size)
    # The last page has an after_cursor, too.
    meta = {
        "has_more": after is not None,
        "after_cursor": after or "bGFzdA==",
        "before_cursor": "x",
    }
    return {name: found, "meta": meta, "links": {"prev": None, "next": None}}


@API.route(
    "GET /search/export",
    any_of="read",
    query={"query": str, "filter[type]": {"ticket", "user", "organization", "group"}, **_CURSOR},
)
def export_search(call: Request) -> Any:
    if call.query["filter[type]"] != "ticket":
        return _paged(call, "results", [])
    found = list(call.state["tickets"].values())
    for word in call.query["query"].split():
        name, colon, value = word.partition(":")
        if colon and name not in ("status", "priority", "requester", "assignee", "tags"):
            refuse("parameters", f"{name} is no filter")
        found = [
            each
            for each in found
            if (str(each.get(name)) == value if colon else word.lower() in each["subject"].lower())
        ]
    return _paged(call, "results", [{**each, "result_type": "ticket"} for each in found])


@API.route(
    "GET /tickets",
    any_of="read tickets:read",
    query={"sort?": str, "external_id?": str, "include?": str, **_CURSOR},
)
def list_tickets(call: Request) -> Any:
    return _paged(call, "tickets", list(call.state["tickets"].values()))


@API.route("GET /tickets/{ticket_id}", any_of="read tickets:read", query={"include?": str})
def get_ticket(call: Request) -> Any:
    return {"ticket": call.found(call.state["tickets"], call.path["ticket_id"])}


@API.route(
    "GET /tickets/{ticket_id}/comments",
    any_of="read tickets:read",
    query={"include?": str, "sort?": str, "include_inline_images?": bool, **_CURSOR},
)
def list_comments(call: Request) -> Any:
    call.found(call.state["tickets"], call.path["ticket_id"])
    return _paged(call, "comments", call.state["comments"][call.path["ticket_id"]])


@API.route(
    "POST /tickets", any_of="write tickets:write", body={"ticket": _TICKET}, effect="ticket_created"
)
def create_ticket(call: Request) -> Any:
    asked = dict(call.body["ticket"])
    comment = asked.pop("comment", None)
    if comment is None or not (comment.get("body") or comment.get("html_body")):
        refuse("record", "Description: cannot be blank")
    number = int(call.new_id())
    call.state["comments"][str(number)] = []
    made = {
        "id": number,
        "description": comment.get("body") or comment["html_body"],
        "status": "new",
        "priority": None,
        "tags": [],
        "requester_id": _requester(call, asked.pop("requester", None)),
        "submitter_id": call.account.facts["id"],
        "assignee_id": None,
        "created_at": call.moment(),
        **asked,
    }
    call.state["tickets"][str(number)] = made
    _comment(call, str(number), comment)
    return Answer(201, {"ticket": made, "audit": {"id": 1, "ticket_id": number}})


@API.route(
    "PUT /tickets/{ticket_id}",
    any_of="write tickets:write",
    body={"ticket": _TICKET},
    effect="ticket_updated",
)
def update_ticket(call: Request) -> Any:
    ticket = call.found(call.state["tickets"], call.path["ticket_id"])
    if ticket["status"] == "closed":
        refuse("record", "Status: closed prevents ticket update")
    asked = dict(call.body["ticket"])
    if (comment := asked.pop("comment", None)) is not None:
        _comment(call, call.path["ticket_id"], comment)
    if (requester := asked.pop("requester", None)) is not None:
        asked["requester_id"] = _requester(call, requester)
    ticket.update(asked, updated_at=call.moment())
    return {"ticket": ticket, "audit": {"id": 2, "ticket_id": ticket["id"]}}


def _requester(call: Request, asked: dict[str, Any] | None) -> int:
    if asked is None:
        return int(call.account.facts["id"])
    for user in call.state["users"]:
        if user["email"] == asked["email"]:
            return int(user["id"])
    if "name" not in asked:
        refuse("record", "Requester Name: is too short (minimum one character)")
    number = int(call.new_id())
    user = _user(number, asked["name"], "new", "end-user")
    call.state["users"].append({**user, "email": asked["email"]})
    return number


def _comment(call: Request, ticket_id: str, asked: dict[str, Any]) -> None:
    text = asked.get("body") or asked.get("html_body", "")
    made = {"id": int(call.new_id()), "type": "Comment", "created_at": call.moment()}
    author = {"author_id": call.account.facts["id"], "public": asked.get("public", True)}
    body = {"body": text, "html_body": f"<p>{text}</p>", "plain_body": text}
    call.state["comments"][ticket_id].append({**made, **author, **body})


@API.route(
    "GET /users/search",
    any_of="read users:read",
    query={"query?": str, "external_id?": str, "page?": int, "per_page?": int},
)
def search_users(call: Request) -> Any:
    word = call.query.get("query", "").lower()
    found = [
        each
        for each in call.state["users"]
        if word in each["name"].lower() or word in each["email"]
    ]
    size, page = call.query.get("per_page", 100), call.query.get("page", 1)
    users = found[(page - 1) * size : page * size]
    more = f"https://{call.host}/api/v2/users/search.json?page={page + 1}"
    following = more if page * size < len(found) else None
    return {"users": users, "count": len(found), "next_page": following, "previous_page": None}
