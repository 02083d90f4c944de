"""TikTok's Display API, by developers.tiktok.com/doc (tiktok-api-v2-get-user-info, …-video-list,
…-video-query, …-error-handling).

Unconfirmed: written without the documentation at hand; what matters is paths, the scope of each
field, and the shapes of answers.
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Problem, Request, SimulatedApi, refuse

_LOG = {"log_id": "20261129000000SANDBOX"}
_CODES = {"scope": ("scope_not_authorized", 401)}


def _error(problem: Problem) -> Refusal:
    code, status = _CODES.get(problem.kind, ("invalid_params", 400))
    return Refusal(status, {"error": {"code": code, "message": problem.message, **_LOG}})


def _video(number: int) -> dict[str, Any]:
    return {
        "id": f"730000000000000000{number}",
        "title": f"Dance {number}",
        "video_description": f"Dance {number} #dance",
        "duration": 15 * number,
        "create_time": 1795000000 + number,
        "cover_image_url": "https://p16.tiktokcdn.example/cover.jpeg",
        "share_url": f"https://www.tiktok.com/@sandbox/video/730000000000000000{number}",
        "embed_link": f"https://www.tiktok.com/embed/v2/730000000000000000{number}",
        "view_count": 100 * number,
        "like_count": 10 * number,
        "comment_count": number,
        "share_count": 0,
        "width": 576,
        "height": 1024,
    }


def _state(account: FictionalAccount) -> dict[str, Any]:
    return {"videos": [_video(number) for number in (5, 4, 3, 2, 1)]}


API = SimulatedApi("tiktok", base="open.tiktokapis.com/v2", state=_state, refuse=_error)

_SCOPE_OF = {
    **dict.fromkeys(("open_id", "union_id", "avatar_url", "display_name"), "user.info.basic"),
    **dict.fromkeys(("bio_description", "profile_deep_link", "username"), "user.info.profile"),
    **dict.fromkeys(("follower_count", "likes_count", "video_count"), "user.info.stats"),
}
"""The scope that each field of a person needs."""


def _answer(data: dict[str, Any]) -> dict[str, Any]:
    return {"data": data, "error": {"code": "ok", "message": "", **_LOG}}


def _fields(call: Request, known: Any) -> list[str]:
    names: list[str] = call.query["fields"].split(",")
    if odd := [name for name in names if name not in known]:
        refuse("parameters", f"Fields {', '.join(odd)} are invalid")
    return names


@API.route("GET /user/info/", query={"fields": str})
def get_user(call: Request) -> Any:
    names = _fields(call, _SCOPE_OF)
    if not all(call.has(_SCOPE_OF[name]) for name in names):
        refuse(
            "scope", "The user did not authorize the scope required for completing this request."
        )
    shown = {
        "avatar_url": "https://p16.tiktokcdn.example/avatar.jpeg",
        "union_id": f"u{call.account.facts['open_id']}",
        "username": call.account.facts["display_name"].lower(),
        **call.account.facts,
    }
    return _answer({"user": {name: shown.get(name) for name in names}})


@API.route(
    "POST /video/list/",
    scopes="video.list",
    query={"fields": str},
    body={"cursor?": int, "max_count?": int},
)
def list_videos(call: Request) -> Any:
    names, size = _fields(call, _video(1)), call.body.get("max_count", 10)
    if not 1 <= size <= 20:
        refuse("body", "max_count must be between 1 and 20")
    # The cursor is the moment before which the videos were made, in milliseconds.
    before = call.body.get("cursor", 10**15)
    found = [each for each in call.state["videos"] if each["create_time"] * 1000 < before]
    page = found[:size]
    cursor = page[-1]["create_time"] * 1000 if page else 0
    videos = [{name: each[name] for name in names} for each in page]
    return _answer({"videos": videos, "cursor": cursor, "has_more": len(found) > size})


@API.route(
    "POST /video/query/",
    scopes="video.list",
    query={"fields": str},
    body={"filters": {"video_ids": [str]}},
)
def query_videos(call: Request) -> Any:
    names, wanted = _fields(call, _video(1)), call.body["filters"]["video_ids"]
    if not 1 <= len(wanted) <= 20:
        refuse("body", "video_ids must have 1 to 20 ids")
    found = [each for each in call.state["videos"] if each["id"] in wanted]
    return _answer({"videos": [{name: each[name] for name in names} for each in found]})
