"""LinkedIn, by learn.microsoft.com/linkedin/consumer/integrations/self-serve/share-on-linkedin
and …/marketing/community-management/shares/ugc-post-api (delete). ``/v2/userinfo`` is in the
provider's own file. That ``w_member_social`` is enough to delete is not confirmed.

Unconfirmed: written without the documentation at hand; what matters is paths, scopes, headers, and
the shapes of answers.
"""

from typing import Any

from connectors.sandbox import FictionalAccount, Refusal
from connectors.simulated_api import Answer, Problem, Request, SimulatedApi, refuse


def _error(problem: Problem) -> Refusal:
    codes = {"scope": (100, "ACCESS_DENIED"), "author": (100, "ACCESS_DENIED")}
    number, code = codes.get(problem.kind, (65604, "ILLEGAL_ARGUMENT"))
    said = {"status": problem.status, "serviceErrorCode": number, "code": code}
    return Refusal(problem.status, {**said, "message": problem.message})


_FIRST = "urn:li:share:7000000000000000001"


def _state(account: FictionalAccount) -> dict[str, Any]:
    author = f"urn:li:person:{account.facts['sub']}"
    return {"posts": {_FIRST: {"id": _FIRST, "author": author, "text": "Hello"}}}


API = SimulatedApi(
    "linkedin",
    base="api.linkedin.com/v2",
    state=_state,
    refuse=_error,
    headers={"x-restli-protocol-version?": frozenset({"2.0.0"})},
)

_MEDIA = {
    "status": {"READY"},
    "originalUrl?": str,
    "media?": str,
    "title?": {"text": str},
    "description?": {"text": str},
}


@API.route("GET /userinfo", scopes="openid")
def get_member(call: Request) -> Any:
    """The claims of OpenID Connect: the name needs ``profile``."""
    known = call.account.facts
    return {"sub": known["sub"]} | ({"name": known["name"]} if call.has("profile") else {})


@API.route(
    "POST /ugcPosts",
    scopes="w_member_social",
    body={
        "author": str,
        "lifecycleState": {"PUBLISHED"},
        "specificContent": {
            "com.linkedin.ugc.ShareContent": {
                "shareCommentary": {"text": str},
                "shareMediaCategory": {"NONE", "ARTICLE", "IMAGE"},
                "media?": [_MEDIA],
            }
        },
        "visibility": {"com.linkedin.ugc.MemberNetworkVisibility": {"PUBLIC", "CONNECTIONS"}},
    },
    effect="post_created",
)
def create_post(call: Request) -> Any:
    if "x-restli-protocol-version" not in call.headers:
        refuse("header", "X-Restli-Protocol-Version is missing")
    if call.body["author"] != f"urn:li:person:{call.account.facts['sub']}":
        refuse("author", "Not enough permissions to access author", 403)
    content = call.body["specificContent"]["com.linkedin.ugc.ShareContent"]
    if (content["shareMediaCategory"] == "NONE") == bool(content.get("media")):
        refuse("body", "shareMediaCategory does not fit the media")
    key = f"urn:li:share:700000000000000{call.new_id()}"
    text = content["shareCommentary"]["text"]
    call.state["posts"][key] = {"id": key, "author": call.body["author"], "text": text}
    return Answer(201, {"id": key}, headers={"X-RestLi-Id": key})


@API.route("DELETE /ugcPosts/{urn}", scopes="w_member_social", effect="post_deleted")
def delete_post(call: Request) -> Any:
    if "x-restli-protocol-version" not in call.headers:
        refuse("header", "X-Restli-Protocol-Version is missing")
    call.found(call.state["posts"], call.path["urn"], "post")
    del call.state["posts"][call.path["urn"]]
    return Answer(204)
