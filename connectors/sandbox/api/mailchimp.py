"""Mailchimp's Marketing API, by mailchimp.com/developer/marketing/api (lists, list members,
campaigns) and …/docs/errors.

Unconfirmed: written without the documentation at hand; what matters is paths, parameters, and the
shapes of answers.
"""

import hashlib
from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, refuse

_TITLES = {
    "not_found": "Resource Not Found",
    "body": "Invalid Resource",
    "exists": "Member Exists",
    "host": "API Key Invalid",
}


def _error(problem: Problem) -> Refusal:
    body = {
        "type": "https://mailchimp.com/developer/marketing/docs/errors/",
        "title": _TITLES.get(problem.kind, "Bad Request"),
        "status": problem.status,
        "detail": problem.message,
        "instance": "00000000-0000-4000-8000-000000000000",
    }
    return Refusal(problem.status, body)


def _member(audience: str, email: str, status: str, first: str, last: str) -> dict[str, Any]:
    return {
        "id": hashlib.md5(email.lower().encode(), usedforsecurity=False).hexdigest(),
        "email_address": email,
        "full_name": f"{first} {last}".strip(),
        "status": status,
        "merge_fields": {"FNAME": first, "LNAME": last},
        "list_id": audience,
        "tags_count": 0,
    }


def _state(account: FictionalAccount) -> dict[str, Any]:
    audiences = [
        {
            "id": key,
            "web_id": number,
            "name": name,
            "stats": {"member_count": 3 if number == 1 else 0, "unsubscribe_count": 1},
            "visibility": "pub",
        }
        for number, (key, name) in enumerate(
            (("a1b2c3d4e5", "Customers"), ("f6a7b8c9d0", "Press"), ("0d9c8b7a6f", "Staff")), 1
        )
    ]
    members = [
        _member("a1b2c3d4e5", f"{first.lower()}@acme.example", status, first, last)
        for first, last, status in (
            ("Ana", "Diaz", "subscribed"),
            ("Ben", "Okoro", "subscribed"),
            ("Cleo", "Park", "unsubscribed"),
        )
    ]
    campaigns = [
        {
            "id": f"cafe{number:06}",
            "type": "regular",
            "status": status,
            "emails_sent": 3 if status == "sent" else 0,
            "send_time": "2026-11-05T09:00:00+00:00" if status == "sent" else "",
            "settings": {"subject_line": f"News {number}", "title": f"Newsletter {number}"},
        }
        for number, status in enumerate(("sent", "sent", "save"), 1)
    ]
    return {
        "lists": {each["id"]: each for each in audiences},
        "members": {key: [] for key in ("f6a7b8c9d0", "0d9c8b7a6f")} | {"a1b2c3d4e5": members},
        "campaigns": campaigns,
    }


API = SimulatedApi(
    "mailchimp",
    base="{tenant}.api.mailchimp.com/3.0",
    state=_state,
    refuse=_error,
    same_tenant=False,  # people sign in at login.mailchimp.com, for every data centre
)

_PAGE = {"fields?": str, "exclude_fields?": str, "count?": int, "offset?": int}


def _check(call: Request) -> None:
    if not call.host.startswith(f"{call.account.facts['dc']}."):
        refuse("host", "Your API key may be invalid, or you've attempted another datacenter.", 401)


def _picked(value: Any, paths: list[list[str]]) -> Any:
    """What remains of an answer with ``fields``."""
    if isinstance(value, list):
        return [_picked(each, paths) for each in value]
    if not isinstance(value, dict):
        return value
    found = {}
    for name, member in value.items():
        below = [path[1:] for path in paths if path[0] == name]
        if below:
            found[name] = member if [] in below else _picked(member, below)
    return found


def _page(call: Request, name: str, things: list[Any]) -> Any:
    count, offset = call.query.get("count", 10), call.query.get("offset", 0)
    if not 0 <= count <= 1000 or offset < 0:
        refuse("parameters", "count or offset is out of range")
    answer = {name: things[offset : offset + count], "total_items": len(things), "_links": []}
    if "fields" not in call.query:
        return answer
    return _picked(answer, [path.split(".") for path in call.query["fields"].split(",")])


@API.route(
    "GET /lists", query={"email?": str, "sort_field?": str, "sort_dir?": {"ASC", "DESC"}, **_PAGE}
)
def list_lists(call: Request) -> Any:
    _check(call)
    return _page(call, "lists", list(call.state["lists"].values()))


_STATUS = {"subscribed", "unsubscribed", "cleaned", "pending", "transactional"}


@API.route("GET /lists/{list_id}/members", query={"status?": _STATUS | {"archived"}, **_PAGE})
def list_members(call: Request) -> Any:
    _check(call)
    members = call.found(call.state["members"], call.path["list_id"], "list")
    wanted = call.query.get("status")
    return _page(call, "members", [m for m in members if wanted in (None, m["status"])])


@API.route(
    "POST /lists/{list_id}/members",
    query={"skip_merge_validation?": bool},
    body={
        "email_address": str,
        "status": _STATUS,
        "email_type?": {"html", "text"},
        "merge_fields?": {"*": str},
        "language?": str,
        "tags?": [str],
        "vip?": bool,
    },
    effect="member_added",
)
def add_member(call: Request) -> Any:
    _check(call)
    members = call.found(call.state["members"], call.path["list_id"], "list")
    email, names = call.body["email_address"], call.body.get("merge_fields", {})
    if "@" not in email:
        refuse("body", "Please provide a valid email address.")
    first, last = names.get("FNAME", ""), names.get("LNAME", "")
    made = _member(call.path["list_id"], email, call.body["status"], first, last)
    if any(each["id"] == made["id"] for each in members):
        refuse("exists", f"{email} is already a list member.")
    members.append(made)
    return made


@API.route(
    "GET /campaigns",
    query={
        "type?": {"regular", "plaintext", "absplit", "rss", "variate"},
        "status?": {"save", "paused", "schedule", "sending", "sent"},
        "list_id?": str,
        "sort_field?": {"create_time", "send_time"},
        "sort_dir?": {"ASC", "DESC"},
        **_PAGE,
    },
)
def list_campaigns(call: Request) -> Any:
    _check(call)
    wanted = call.query.get("status")
    found = [each for each in call.state["campaigns"] if wanted in (None, each["status"])]
    return _page(call, "campaigns", found)
