"""Slack's Web API, by docs.slack.dev/reference/methods and Slack's OpenAPI description.

Each refusal is HTTP 200 with ``ok: false``. Slack itself ignores arguments it does not know.
"""

from collections.abc import Mapping
from typing import Any

from connectors.provider import FictionalAccount
from connectors.provider_keys import Refusal
from connectors.simulated_api import Problem, Refused, Request, SimulatedApi, page_of, refuse


def _state(account: FictionalAccount) -> dict[str, Any]:
    me, team = account.facts["user_id"], account.facts["team_id"]

    def user(user_id: str, name: str, real_name: str, title: str) -> dict[str, Any]:
        profile = {"real_name": real_name, "title": title, "email": f"{name}@acme.example"}
        flags = {"deleted": False, "is_bot": False}
        return {"id": user_id, "team_id": team, "name": name, "profile": profile, **flags}

    def channel(channel_id: str, name: str, topic: str, archived: bool) -> dict[str, Any]:
        about = {"creator": "U0SANDBOX2", "last_set": 1767225600}
        return {
            "id": channel_id,
            "name": name,
            "is_channel": True,
            "is_archived": archived,
            "is_private": False,
            "is_member": not archived,
            "topic": {"value": topic, **about},
            "purpose": {"value": f"All about {name}", **about},
            "num_members": 2,
        }

    def message(ts: str, author: str, text: str, **more: Any) -> dict[str, Any]:
        return {"type": "message", "user": author, "text": text, "ts": ts, "team": team, **more}

    first = "1767225600.000100"
    return {
        "users": [
            user("U0SANDBOX1", "ana", "Ana Diaz", "Engineer"),
            user("U0SANDBOX2", "ben", "Ben Okoro", "Designer"),
            user("U0SANDBOX3", "cleo", "Cleo Martin", "Support"),
        ],
        "channels": {
            "C0GENERAL": channel("C0GENERAL", "general", "News", False),
            "C0LAUNCH": channel("C0LAUNCH", "launch", "The launch", False),
            "C0OLD": channel("C0OLD", "old", "", True),
        },
        "messages": {
            "C0GENERAL": [
                message(first, me, "The launch is on Monday", thread_ts=first, reply_count=2),
                message("1767225601.000100", "U0SANDBOX2", "At nine", thread_ts=first),
                message("1767225602.000100", me, "After the launch: cake", thread_ts=first),
                message("1767225603.000100", "U0SANDBOX2", "Who has the key?"),
            ],
            "C0LAUNCH": [message("1767225604.000100", "U0SANDBOX2", "launch list is ready")],
            "C0OLD": [],
        },
        "reactions": [],
    }


def _refuse(problem: Problem) -> Refusal:
    if problem.kind == "scope":
        needed = ",".join(problem.scopes)
        return Refusal(200, {"ok": False, "error": "missing_scope", "needed": needed})
    known = {"parameters": "invalid_arguments", "body": "invalid_arguments"}
    return Refusal(200, {"ok": False, "error": known.get(problem.kind, problem.kind)})


API = SimulatedApi("slack", base="slack.com/api", state=_state, refuse=_refuse)
_PAGE = {"cursor?": str, "limit?": int}


def _paged(call: Request, name: str, things: list[Any], size: int) -> dict[str, Any]:
    try:
        found, after = page_of(things, call.query.get("cursor"), call.query.get("limit", size))
    except Refused:
        refuse("invalid_cursor")
    return {"ok": True, name: found, "response_metadata": {"next_cursor": after or ""}}


def _channel(call: Request, given: Mapping[str, Any]) -> Any:
    if given["channel"] not in call.state["channels"]:
        refuse("channel_not_found")
    return call.state["channels"][given["channel"]]


def _message(call: Request, channel: str, ts: str) -> Any:
    for message in call.state["messages"][channel]:
        if message["ts"] == ts:
            return message
    return refuse("message_not_found")


@API.route(
    "GET /conversations.list",
    scopes="channels:read",
    query={"exclude_archived?": bool, "types?": {"public_channel"}, "team_id?": str, **_PAGE},
)
def list_channels(call: Request) -> Any:
    skip = call.query.get("exclude_archived", False)
    found = [each for each in call.state["channels"].values() if not (skip and each["is_archived"])]
    return _paged(call, "channels", found, 100)


@API.route(
    "GET /conversations.history",
    scopes="channels:history",
    query={"channel": str, "oldest?": str, "latest?": str, "inclusive?": bool, **_PAGE},
)
def history(call: Request) -> Any:
    _channel(call, call.query)
    after, before = call.query.get("oldest", "0"), call.query.get("latest", "9999999999")
    found = [
        each
        for each in reversed(call.state["messages"][call.query["channel"]])
        if each.get("thread_ts", each["ts"]) == each["ts"]
        and float(after) < float(each["ts"]) < float(before)
    ]
    answer = _paged(call, "messages", found, 100)
    return {**answer, "has_more": answer["response_metadata"]["next_cursor"] != ""}


@API.route(
    "GET /conversations.replies",
    scopes="channels:history",
    query={"channel": str, "ts": str, "oldest?": str, "latest?": str, **_PAGE},
)
def replies(call: Request) -> Any:
    channel = _channel(call, call.query)["id"]
    if not any(each["ts"] == call.query["ts"] for each in call.state["messages"][channel]):
        refuse("thread_not_found")
    found = [
        each
        for each in call.state["messages"][channel]
        if call.query["ts"] in (each["ts"], each.get("thread_ts"))
    ]
    answer = _paged(call, "messages", found, 1000)
    return {**answer, "has_more": answer["response_metadata"]["next_cursor"] != ""}


@API.route(
    "GET /search.messages",
    scopes="search:read",
    query={
        "query": str,
        "sort?": {"score", "timestamp"},
        "sort_dir?": {"asc", "desc"},
        "highlight?": bool,
        "count?": int,
        "page?": int,
    },
)
def search(call: Request) -> Any:
    word, size, page = call.query["query"], call.query.get("count", 20), call.query.get("page", 1)
    found = [
        {
            **message,
            "channel": {"id": channel, "name": call.state["channels"][channel]["name"]},
            "username": next(
                user["name"] for user in call.state["users"] if user["id"] == message["user"]
            ),
            "permalink": f"{call.account.facts['url']}archives/{channel}/p{message['ts']}",
        }
        for channel, messages in call.state["messages"].items()
        for message in messages
        if word.lower() in message["text"].lower()
    ]
    pages = -(-len(found) // size)
    counts = {"count": size, "total": len(found), "page": page, "pages": pages}
    matches = found[(page - 1) * size : page * size]
    messages = {"total": len(found), "matches": matches, "paging": counts}
    return {"ok": True, "query": word, "messages": messages}


@API.route(
    "POST /chat.postMessage",
    scopes="chat:write",
    body={"channel": str, "text": str, "thread_ts?": str, "reply_broadcast?": bool},
    effect="message_sent",
)
def send(call: Request) -> Any:
    channel = _channel(call, call.body)
    if channel["is_archived"]:
        refuse("is_archived")
    if not call.body["text"]:
        refuse("no_text")
    ts = f"{int(call.now.timestamp())}.{call.new_id():0>6}"
    text = {"type": "message", "user": call.account.facts["user_id"], "text": call.body["text"]}
    message = {**text, "ts": ts, "team": call.account.facts["team_id"]}
    if "thread_ts" in call.body:
        _message(call, channel["id"], call.body["thread_ts"])
        message["thread_ts"] = call.body["thread_ts"]
    call.state["messages"][channel["id"]].append(message)
    return {"ok": True, "channel": channel["id"], "ts": ts, "message": message}


@API.route(
    "POST /chat.delete",
    scopes="chat:write",
    body={"channel": str, "ts": str},
    effect="message_deleted",
)
def delete(call: Request) -> Any:
    channel = _channel(call, call.body)["id"]
    message = _message(call, channel, call.body["ts"])
    if message["user"] != call.account.facts["user_id"]:
        refuse("cant_delete_message")
    call.state["messages"][channel].remove(message)
    return {"ok": True, "channel": channel, "ts": message["ts"]}


@API.route(
    "POST /reactions.add",
    scopes="reactions:write",
    body={"channel": str, "timestamp": str, "name": str},
    effect="reaction_added",
)
def react(call: Request) -> Any:
    channel = _channel(call, call.body)["id"]
    message = _message(call, channel, call.body["timestamp"])
    reaction = [channel, message["ts"], call.body["name"]]
    if reaction in call.state["reactions"]:
        refuse("already_reacted")
    call.state["reactions"].append(reaction)
    return {"ok": True}


@API.route("GET /users.list", scopes="users:read", query={"include_locale?": bool, **_PAGE})
def list_users(call: Request) -> Any:
    without = [
        {**each, "profile": {k: v for k, v in each["profile"].items() if k != "email"}}
        for each in call.state["users"]
    ]
    return _paged(call, "members", without, 100)


@API.route("GET /users.lookupByEmail", scopes="users:read.email", query={"email": str})
def find_user(call: Request) -> Any:
    for user in call.state["users"]:
        if user["profile"]["email"] == call.query["email"]:
            return {"ok": True, "user": user}
    return refuse("users_not_found")
