"""Bluesky, by the lexicons app.bsky.feed.* and com.atproto.repo.* at docs.bsky.app.

Unconfirmed: written without the documentation at hand; what matters is methods of the lexicon,
their parameters and the shapes of answers.
"""

from __future__ import annotations

import re
from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Answer, Problem, Request, SimulatedApi, page_of, refuse

_CURSOR = {"limit?": int, "cursor?": str}


def _error(problem: Problem) -> Refusal:
    return Refusal(problem.status, {"error": "InvalidRequest", "message": problem.message})


def _post(did: str, handle: str, key: str, text: str, when: str) -> dict[str, Any]:
    return {
        "uri": f"at://{did}/app.bsky.feed.post/{key}",
        "cid": f"bafyreisandbox{key}",
        "author": {"did": did, "handle": handle, "displayName": handle.partition(".")[0]},
        "record": {"$type": "app.bsky.feed.post", "text": text, "createdAt": when},
        "replyCount": 0,
        "repostCount": 0,
        "likeCount": 0,
        "indexedAt": when,
    }


def _state(account: FictionalAccount) -> dict[str, Any]:
    did, handle = "did:plc:friendfriendfriendfriend", "friend.bsky.social"
    when = "2026-11-02T09:00:00.000Z"
    return {
        "posts": [
            _post(did, handle, f"3k{number}", f"Post {number} about gardens", when)
            for number in range(1, 6)
        ]
    }


API = SimulatedApi("bluesky", base="bsky.social/xrpc", state=_state, refuse=_error)


def _listed(call: Request, posts: list[Any]) -> tuple[list[Any], dict[str, str]]:
    limit = call.query.get("limit", 50)
    if not 1 <= limit <= 100:
        refuse("parameters", "limit must be between 1 and 100")
    page, cursor = page_of(posts, call.query.get("cursor"), limit)
    return page, {"cursor": cursor} if cursor else {}


@API.route("GET /app.bsky.feed.getTimeline", query={"algorithm?": str, **_CURSOR})
def get_timeline(call: Request) -> Any:
    page, more = _listed(call, call.state["posts"])
    return {"feed": [{"post": post} for post in page], **more}


@API.route(
    "GET /app.bsky.feed.searchPosts", query={"q": str, "sort?": {"top", "latest"}, **_CURSOR}
)
def search_posts(call: Request) -> Any:
    word = call.query["q"].lower()
    found = [post for post in call.state["posts"] if word in post["record"]["text"].lower()]
    page, more = _listed(call, found)
    return {"posts": page, "hitsTotal": len(found), **more}


@API.route("GET /app.bsky.feed.getPosts", query={"uris": [str]})
def get_posts(call: Request) -> Any:
    return {"posts": [post for post in call.state["posts"] if post["uri"] in call.query["uris"]]}


@API.route(
    "POST /com.atproto.repo.createRecord",
    body={
        "repo": str,
        "collection": {"app.bsky.feed.post"},
        "record": {"$type": {"app.bsky.feed.post"}, "text": str, "createdAt": str, "langs?": [str]},
    },
    effect="post_created",
)
def create_record(call: Request) -> Any:
    facts, record = call.account.facts, call.body["record"]
    if call.body["repo"] not in (facts["did"], facts["handle"]):
        refuse("parameters", f"Could not find repo: {call.body['repo']}")
    if len(record["text"]) > 300:
        refuse("parameters", "Invalid app.bsky.feed.post record: text must not be longer than 300")
    if not re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", record["createdAt"]
    ):
        refuse("parameters", "Invalid app.bsky.feed.post record: createdAt must be a datetime")
    post = _post(
        facts["did"], facts["handle"], call.new_id("3k"), record["text"], record["createdAt"]
    )
    call.state["posts"].insert(0, post)
    return {"uri": post["uri"], "cid": post["cid"], "validationStatus": "valid"}


@API.route(
    "POST /com.atproto.repo.deleteRecord",
    body={"repo": str, "collection": {"app.bsky.feed.post"}, "rkey": str},
    effect="post_deleted",
)
def delete_record(call: Request) -> Any:
    # Deleting what is not there is a success: "or ensure it doesn't exist".
    facts = call.account.facts
    if call.body["repo"] not in (facts["did"], facts["handle"]):
        refuse("parameters", f"Could not find repo: {call.body['repo']}")
    uri = f"at://{facts['did']}/app.bsky.feed.post/{call.body['rkey']}"
    call.state["posts"] = [post for post in call.state["posts"] if post["uri"] != uri]
    return Answer(200, {})
