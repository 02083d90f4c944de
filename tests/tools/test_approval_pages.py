"""Asking, deciding and repeating over HTTP: only the person who is asked decides, in the page."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from gateway.access.service_keys import Role
from gateway.store.audit import Wanted
from gateway.web.approval_pages import APPROVALS
from tests.conftest import GATEWAY_URL
from tests.support.browser import Browser, words
from tests.support.organisation import ADMIN
from tests.tools.conftest import Tools

NASTY = "<img src=x onerror=alert(1)> \u202e\u200b"


async def waiting(tools: Tools, title: str = "Plan") -> dict[str, Any]:
    """The answer to a call that asks."""
    answer = await tools.call("relay_create_thing", title=title)
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


def page_of(asked: dict[str, Any]) -> str:
    return f"{APPROVALS}/{asked['approval_id']}"


async def state(tools: Tools, asked: dict[str, Any]) -> str:
    answer = await tools.client.get(f"/v1/approvals/{asked['approval_id']}")
    return str(answer.json()["state"])


async def test_the_whole_way(tools: Tools) -> None:
    await tools.proxy.connect()
    asked = await waiting(tools)
    assert asked["code"] == "approval_required"
    assert asked["url"] == f"{GATEWAY_URL}{page_of(asked)}"
    browser = await tools.proxy.harness.browser("alice")
    assert "1 call of a tool waits for you" in words(browser)
    await browser.open(APPROVALS)
    assert "relay_create_thing" in words(browser)
    page = await browser.open(page_of(asked))
    text = words(browser)
    for part in (
        "relay_create_thing",
        "Create a thing with a title.",
        "POST https://acme.relay.example/api/v1/effect",
        '"title": "Plan"',
        "authorization: Bearer CREDENTIAL",
        "Relay",
    ):
        assert part in text
    assert min(tools.provider.tokens) not in page.text
    await browser.submit({}, button="Approve this call", action=page_of(asked))
    assert "The call is approved" in words(browser)
    assert await state(tools, asked) == "approved"
    again = await tools.call("relay_create_thing", title="Plan")
    assert (again.status_code, again.json()["result"]) == (200, {"effects": 1})
    assert await state(tools, asked) == "used"
    listed = await tools.client.get("/v1/approvals", params={"user": "alice", "state": "used"})
    assert [each["id"] for each in listed.json()["approvals"]] == [asked["approval_id"]]
    assert tools.provider.effects == 1


async def test_a_denied_call_is_refused(tools: Tools) -> None:
    await tools.proxy.connect()
    asked = await waiting(tools)
    browser = await tools.proxy.harness.browser("alice")
    await browser.open(page_of(asked))
    await browser.submit({}, button="Deny", action=page_of(asked))
    answer = await tools.call("relay_create_thing", title="Plan")
    assert (answer.status_code, answer.json()["code"]) == (403, "approval_denied")
    assert tools.provider.effects == 0


@pytest.mark.requirement("G3")
async def test_what_a_tool_writes_shows_as_text(tools: Tools) -> None:
    await tools.proxy.connect()
    asked = await waiting(tools, NASTY)
    browser = await tools.proxy.harness.browser("alice")
    page = await browser.open(page_of(asked))
    assert "<img" not in page.text
    assert "\\u202e\\u200b" in words(browser)
    assert "\u202e" not in page.text


async def decide(
    client: httpx.AsyncClient, asked: dict[str, Any], headers: dict[str, str]
) -> httpx.Response:
    address = f"{GATEWAY_URL}/v1/approvals/{asked['approval_id']}/decision"
    return await client.post(address, json={"decision": "approve"}, headers=headers)


@pytest.mark.requirement("F1", "F2")
@pytest.mark.parametrize("role", [Role.TOOLS, Role.ADMIN])
async def test_a_key_never_decides(tools: Tools, role: Role) -> None:
    await tools.proxy.connect()
    asked = await waiting(tools)
    client = await tools.proxy.harness.api(role)
    own = {"Origin": GATEWAY_URL, "Sec-Fetch-Site": "same-origin"}
    assert (await decide(client, asked, own)).status_code == 401
    form = await client.post(page_of(asked), data={"decision": "approve"}, headers=own)
    assert form.status_code == 401
    # Nor beside the cookie of the person.
    browser = await tools.proxy.harness.browser("alice")
    token = browser.csrf_token()
    key = {"Authorization": client.headers["authorization"], "X-CSRF-Token": token}
    key |= {"Accept": "application/json"}
    assert (await decide(browser.client, asked, own | key)).status_code == 401
    assert await state(tools, asked) == "waiting"


@pytest.mark.requirement("G2", "A6")
async def test_a_forged_form_never_decides(tools: Tools) -> None:
    await tools.proxy.connect()
    asked = await waiting(tools)
    browser = await tools.proxy.harness.browser("alice")
    token = browser.csrf_token()
    own = {"Origin": GATEWAY_URL, "Sec-Fetch-Site": "same-origin"}
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    for headers, given in ((foreign, token), (own, None), (own, "0" * 64), ({}, token)):
        form = {"decision": "approve"} | ({"csrf_token": given} if given else {})
        answer = await browser.client.post(GATEWAY_URL + page_of(asked), data=form, headers=headers)
        assert answer.status_code == 403, (headers, given)
        named = headers | ({"X-CSRF-Token": given} if given else {})
        assert (await decide(browser.client, asked, named)).status_code == 403
    assert await state(tools, asked) == "waiting"
    assert (await decide(browser.client, asked, own | {"X-CSRF-Token": token})).status_code == 200


async def test_nobody_else_sees_or_decides_in_a_page(tools: Tools) -> None:
    await tools.proxy.connect()
    asked = await waiting(tools)
    for user in ("bob", ADMIN):
        browser = await tools.proxy.harness.browser(user)
        token = browser.csrf_token()
        assert (await browser.open(page_of(asked))).status_code == 404
        answer = await browser.client.post(
            GATEWAY_URL + page_of(asked),
            data={"decision": "approve", "csrf_token": token},
            headers={"Origin": GATEWAY_URL, "Sec-Fetch-Site": "same-origin"},
        )
        assert answer.status_code == 404
        await browser.open(APPROVALS)
        assert "relay_create_thing" not in words(browser)
    other = await tools.proxy.harness.api(Role.TOOLS, tenant="t2")
    assert (await other.get(f"/v1/approvals/{asked['approval_id']}")).status_code == 404
    assert await state(tools, asked) == "waiting"
    lines = await tools.proxy.harness.services.audit.find("default", Wanted(), limit=50)
    refused = [line for line in lines if line.action == "approval.refused"]
    assert {line.actor.user for line in refused} == {"bob", ADMIN}


async def test_a_stranger_signs_in_first_and_comes_back(tools: Tools) -> None:
    await tools.proxy.connect()
    asked = await waiting(tools)
    browser: Browser = await tools.proxy.harness.browser()
    await browser.open(page_of(asked))
    assert "/login" in browser.url
    code = {"code": browser.sign_in_code} if browser.sign_in_code else {}
    await browser.submit({"name": "alice"} | code, action="/login")
    assert browser.url.endswith(page_of(asked))


async def test_a_blocked_or_switched_off_tool_asks_nobody(tools: Tools) -> None:
    await tools.proxy.connect()
    admin = await tools.proxy.harness.api(Role.ADMIN)
    rule = {"id": "stop", "pattern": "relay_create_*", "decision": "block"}
    changed = await admin.put("/v1/policies", json={"revision": 0, "rules": [rule]})
    assert {"tool": "relay_create_thing", "before": "ask", "after": "block", "user": None} in (
        changed.json()["changes"]
    )
    answer = await tools.call("relay_create_thing", title="Plan")
    assert (answer.status_code, answer.json()["code"]) == (403, "tool_blocked")
    await admin.put("/v1/policies", json={"revision": 1, "rules": [], "disabled": ["relay"]})
    answer = await tools.call("relay_create_thing", title="Plan")
    assert (answer.status_code, answer.json()["code"]) == (404, "tool_unknown")


async def test_an_auto_tool_is_made_to_ask(tools: Tools) -> None:
    await tools.proxy.connect()
    admin = await tools.proxy.harness.api(Role.ADMIN)
    rule = {"id": "ask", "pattern": "relay_change_item", "decision": "ask", "user": "alice"}
    await admin.put("/v1/policies", json={"revision": 0, "rules": [rule]})
    assert (await tools.call("relay_change_item", title="Plan")).status_code == 202
