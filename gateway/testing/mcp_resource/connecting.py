"""The checks of a call that needs an account which is not connected yet."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from gateway.testing.mcp_resource.target import (
    URL_MODE,
    Answer,
    Failed,
    Target,
    check,
    is_secure,
    require,
)

_URL = re.compile(r"https?://[^\s\"'<>]+")


async def _asked(target: Target) -> Mapping[str, Any]:
    """Return the result that asks for a page."""
    answer = await target.call(target.token(), target.tool("unconnected"), capabilities=URL_MODE)
    found = answer.result
    require(found.get("resultType") == "input_required", f"resultType is {found.get('resultType')}")
    return found


def _page(result: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Return the name and the parameters of the one request for a page."""
    requests = result.get("inputRequests")
    if not isinstance(requests, dict) or not requests:
        raise Failed("there are no inputRequests")
    name, request = next(iter(requests.items()))
    params = request.get("params", {})
    require(params.get("mode") == "url", f"the mode is {params.get('mode')}")
    return name, params


@check(12)
async def a_missing_account_asks_for_a_page(target: Target) -> None:
    """A client with URL mode gets a message and an https address."""
    _, params = _page(await _asked(target))
    require(bool(str(params.get("message", "")).strip()), "there is no message")
    url = str(params.get("url", ""))
    require(is_secure(url), f"the url is {urlsplit(url).scheme}")


@check(12)
async def the_page_has_no_secret_in_its_address(target: Target) -> None:
    """Neither a token nor the user's id is in the URL or the message."""
    said = json.dumps(_page(await _asked(target))[1])
    require(target.token() not in said, "the token is in it")


@check(12)
async def the_page_is_not_signed_in_by_its_address(target: Target) -> None:
    """A stranger who opens it is asked to sign in, and is not sent on to the provider."""
    _, params = _page(await _asked(target))
    url = str(params.get("url"))
    answer = await target.http.get(url, headers={"Accept": "text/html"}, follow_redirects=False)
    require(not answer.headers.get_list("set-cookie") or answer.status_code != 200, "it signs in")
    if answer.is_redirect:
        to = urlsplit(str(answer.headers.get("location", "")))
        here = urlsplit(url).netloc
        require(to.netloc in {"", here}, f"it sends a stranger on to {to.netloc}")
        require("code=" not in to.query, "it hands out a code")
        return
    require(answer.status_code in {401, 403}, f"it answers a stranger {answer.status_code}")


@check(12)
async def accept_does_not_mean_done(target: Target) -> None:
    """A retry before the account is connected does not succeed."""
    again = (await _retry(target, await _asked(target), "accept")).result
    done = again.get("resultType") == "complete" and not again.get("isError")
    require(not done, "the call succeeded without the account")


@check(12)
async def decline_ends_cleanly(target: Target) -> None:
    """A person who declines is not asked again: the call ends with an error result."""
    again = (await _retry(target, await _asked(target), "decline")).result
    require(again.get("isError") is True, f"the result is {again.get('resultType')}")


async def _retry(
    target: Target, result: Mapping[str, Any], action: str, kind: str = "good"
) -> Answer:
    """Call again with the client's answer to ``result``, and its state."""
    name, _ = _page(result)
    more: dict[str, Any] = {"inputResponses": {name: {"action": action}}}
    if "requestState" in result:
        more["requestState"] = result["requestState"]
    return await target.call(
        target.token(kind), target.tool("unconnected"), more, capabilities=URL_MODE
    )


@check(10)
async def state_of_another_user_is_refused(target: Target) -> None:
    """Request state belongs to the person for whom it was made."""
    target.token("other_user")  # skips without one, before a call
    result = {"requestState": "", **await _asked(target)}
    answer = await _retry(target, result, "accept", "other_user")
    require(_is_refused(answer), "another user's token continued the call")


@check(10)
async def changed_state_is_refused(target: Target) -> None:
    """Request state is sealed."""
    result = await _asked(target)
    state = str(result.get("requestState", ""))
    middle = len(state) // 2
    changed = state[:middle] + ("A" if state[middle : middle + 1] != "A" else "B")
    changed += state[middle + 1 :]
    answer = await _retry(target, {**result, "requestState": changed}, "accept")
    require(_is_refused(answer), "changed state was accepted")


def _is_refused(answer: Answer) -> bool:
    return answer.status >= 400 or "error" in answer.message


@check(14)
async def a_client_without_url_mode_gets_text_with_the_address(target: Target) -> None:
    """An error result whose text a model can show, with the address in text and data."""
    answer = await target.call(target.token(), target.tool("unconnected"))
    result = answer.result
    require(result.get("isError") is True, f"isError is {result.get('isError')}")
    content = result.get("content")
    texts = [str(each.get("text", "")) for each in content or () if each.get("type") == "text"]
    require(bool(texts), "there is no text")
    addresses = _URL.findall("\n".join(texts))
    require(bool(addresses), "the text has no address")
    data = json.dumps(result.get("structuredContent") or result.get("_meta") or {})
    require(any(address in data for address in addresses), "no member has the address")


@check(15)
async def a_healthy_account_is_never_told_to_connect(target: Target) -> None:
    """With and without URL mode the call just succeeds."""
    for capabilities in (URL_MODE, {}):
        answer = await target.call(
            target.token(), target.tool("healthy"), capabilities=capabilities
        )
        result = answer.result
        require(
            result.get("resultType") == "complete" and not result.get("isError"),
            f"the result is {result.get('resultType')}, isError {result.get('isError')}",
        )
