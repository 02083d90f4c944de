"""X, by docs.x.com/x-api (create and delete posts, post lookup, recent search, a user's posts,
the account of the token, errors).

Unconfirmed: written without the documentation at hand; what matters is paths, scopes, limits, and
the shapes of answers.
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Answer, Problem, Request, SimulatedApi, page_of, refuse

_TYPES = "https://api.x.com/2/problems"


def _error(problem: Problem) -> Refusal:
    title = {"scope": "Forbidden", "not_own": "Forbidden"}.get(problem.kind, "Invalid Request")
    kind = "about:blank" if problem.status == 403 else f"{_TYPES}/invalid-request"
    said = {"title": title, "type": kind, "status": problem.status, "detail": problem.message}
    return Refusal(problem.status, said)


def _post(number: int, author: str, text: str) -> dict[str, Any]:
    return {
        "id": str(1800000000000000000 + number),
        "text": text,
        "author_id": author,
        "created_at": f"2026-11-{number % 28 + 1:02}T10:00:00.000Z",
        "public_metrics": {
            "retweet_count": 1,
            "reply_count": 0,
            "like_count": number,
            "quote_count": 0,
            "bookmark_count": 0,
            "impression_count": 100,
        },
    }


def _state(account: FictionalAccount) -> dict[str, Any]:
    own = account.facts["id"]
    posts = [_post(n, own, f"Our launch, day {n}") for n in range(12, 0, -1)]
    posts.append(_post(99, "1000000000000000099", "A launch of somebody else"))
    return {"posts": posts}


API = SimulatedApi("x", base="api.x.com/2", state=_state, refuse=_error)

_READ = "tweet.read users.read"
_WRITE = f"{_READ} tweet.write"
_SHOWN = {"tweet.fields?": str, "expansions?": str, "user.fields?": str, "media.fields?": str}
_KNOWN = {"author_id", "created_at", "public_metrics", "lang", "conversation_id", "source"}


def _only(call: Request, post: dict[str, Any]) -> dict[str, Any]:
    """A post with the fields that were asked for; id and text are always there."""
    asked = call.query.get("tweet.fields", "")
    names = set(asked.split(",")) if asked else set()
    if names - _KNOWN:
        refuse("parameters", f"The tweet.fields query parameter value [{asked}] is not valid")
    return {name: value for name, value in post.items() if name in {"id", "text"} | names}


def _missing(key: str, what: str) -> Refusal:
    """What cannot be found comes with status 200."""
    error = {
        "value": key,
        "detail": f"Could not find {what} with id: [{key}].",
        "title": "Not Found Error",
        "resource_type": what,
        "parameter": "id",
        "resource_id": key,
        "type": f"{_TYPES}/resource-not-found",
    }
    return Refusal(200, {"errors": [error]})


def _page(call: Request, posts: list[Any], token: str | None, least: int) -> dict[str, Any]:
    size = call.query.get("max_results", 10)
    if not least <= size <= 100:
        refuse(
            "parameters", f"The max_results query parameter value is not between {least} and 100"
        )
    page, following = page_of(posts, token, size)
    meta: dict[str, Any] = {"result_count": len(page)}
    if page:
        meta |= {"newest_id": page[0]["id"], "oldest_id": page[-1]["id"]}
    meta |= {"next_token": following} if following else {}
    return ({"data": [_only(call, each) for each in page]} if page else {}) | {"meta": meta}


@API.route("GET /users/me", scopes=_READ, query=_SHOWN)
def get_me(call: Request) -> Any:
    return {"data": dict(call.account.facts)}


@API.route(
    "POST /tweets",
    scopes=_WRITE,
    body={
        "text?": str,
        "reply?": {"in_reply_to_tweet_id": str, "exclude_reply_user_ids?": [str]},
        "quote_tweet_id?": str,
        "reply_settings?": {"following", "mentionedUsers", "subscribers", "verified"},
        "media?": dict,
        "poll?": dict,
    },
    effect="post_created",
)
def create_post(call: Request) -> Any:
    if not call.body.get("text"):
        refuse("body", "text is required without media")
    made = _post(int(call.new_id()), call.account.facts["id"], call.body["text"])
    call.state["posts"].insert(0, made)
    answer = {"id": made["id"], "text": made["text"], "edit_history_tweet_ids": [made["id"]]}
    return Answer(201, {"data": answer})


@API.route("DELETE /tweets/{id}", scopes=_WRITE, effect="post_deleted")
def delete_post(call: Request) -> Any:
    found = [each for each in call.state["posts"] if each["id"] == call.path["id"]]
    if not found:
        return _missing(call.path["id"], "tweet")
    if found[0]["author_id"] != call.account.facts["id"]:
        refuse("not_own", "You are not permitted to delete this Tweet.", 403)
    call.state["posts"].remove(found[0])
    return {"data": {"deleted": True}}


@API.route("GET /tweets/{id}", scopes=_READ, query=_SHOWN)
def get_post(call: Request) -> Any:
    found = [each for each in call.state["posts"] if each["id"] == call.path["id"]]
    return {"data": _only(call, found[0])} if found else _missing(call.path["id"], "tweet")


@API.route(
    "GET /tweets/search/recent",
    scopes=_READ,
    query={
        "query": str,
        "max_results?": int,
        "next_token?": str,
        "pagination_token?": str,
        "start_time?": str,
        "end_time?": str,
        "since_id?": str,
        "until_id?": str,
        "sort_order?": {"recency", "relevancy"},
        **_SHOWN,
    },
)
def search(call: Request) -> Any:
    words = [word.lower() for word in call.query["query"].split() if ":" not in word]
    found = [p for p in call.state["posts"] if all(word in p["text"].lower() for word in words)]
    token = call.query.get("next_token", call.query.get("pagination_token"))
    return _page(call, found, token, 10)


@API.route(
    "GET /users/{id}/tweets",
    scopes=_READ,
    query={
        "max_results?": int,
        "pagination_token?": str,
        "exclude?": str,
        "start_time?": str,
        "end_time?": str,
        **_SHOWN,
    },
)
def list_posts(call: Request) -> Any:
    found = [each for each in call.state["posts"] if each["author_id"] == call.path["id"]]
    if not found:
        return _missing(call.path["id"], "user")
    return _page(call, found, call.query.get("pagination_token"), 5)
