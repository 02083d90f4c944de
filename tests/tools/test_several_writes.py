"""A tool with several changes in a call: each is declared, and approved by itself."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from connectors.errors import ConfigError
from connectors.tooling import tool
from gateway.web.approval_pages import APPROVALS
from tests.support.browser import words
from tests.tools.conftest import Tools
from tests.tools.relay import NEEDS, Effects, Nothing


async def call(tools: Tools, **more: Any) -> httpx.Response:
    """The call, with its key."""
    return await tools.call("relay_make_pair", key="order-1", title="Plan", more=more)


async def decide(tools: Tools, asked: httpx.Response, approve: bool = True) -> str:
    """Decide what the call asked for; the id of the approval."""
    assert (asked.status_code, asked.json()["code"]) == (202, "approval_required"), asked.text
    found: str = asked.json()["approval_id"]
    await tools.proxy.harness.services.approvals.decide(
        "default", found, user="alice", admin=False, approve=approve
    )
    return found


@pytest.mark.parametrize("is_named", [True, False])
async def test_each_change_has_its_own_approval(tools: Tools, is_named: bool) -> None:
    """The repeat of the call goes on where it ended: nothing is sent twice."""
    await tools.proxy.connect()
    first = await decide(tools, await call(tools))
    assert tools.provider.effects == 0
    second = await decide(tools, await call(tools, **({"approval": first} if is_named else {})))
    assert tools.provider.effects == 1
    assert second != first
    shown = await tools.proxy.harness.services.approvals.shown(
        "default", second, user="alice", admin=False
    )
    assert shown.request is not None
    assert '"number": 1' in shown.request.body
    browser = await tools.proxy.harness.browser("alice")
    for approval, said in ((first, "change 1 of 2 at most"), (second, "change 2 of 2 at most")):
        await browser.open(f"{APPROVALS}/{approval}")
        assert said in words(browser)
    done = await call(tools, **({"approval": second} if is_named else {}))
    assert done.json()["result"] == {"effects": 2}
    assert (await call(tools)).json() == done.json()
    assert tools.provider.effects == 2


async def test_the_first_approval_is_none_for_the_second_change(tools: Tools) -> None:
    await tools.proxy.connect()
    first = await decide(tools, await call(tools))
    assert (await call(tools)).status_code == 202
    again = await call(tools, approval=first)
    assert (again.status_code, again.json()["code"]) == (409, "approval_void")
    assert tools.provider.effects == 1


async def test_a_denied_second_change_is_not_sent(tools: Tools) -> None:
    await tools.proxy.connect()
    await decide(tools, await call(tools))
    await decide(tools, await call(tools), approve=False)
    refused = await call(tools)
    assert (refused.status_code, refused.json()["code"]) == (403, "approval_denied")
    assert tools.provider.effects == 1


async def test_without_a_key_nothing_is_sent(tools: Tools) -> None:
    """Its repeat would ask a person for the first change again."""
    await tools.proxy.connect()
    refused = await tools.call("relay_make_pair", title="Plan")
    assert (refused.status_code, refused.json()["code"]) == (422, "approval_not_showable")
    assert "Idempotency-Key" in refused.json()["detail"]
    listed = await tools.client.get("/v1/approvals", params={"user": "alice"})
    assert listed.json()["approvals"] == []
    assert tools.provider.calls == []


async def test_more_changes_than_declared_are_refused(tools: Tools) -> None:
    await tools.proxy.connect()
    call: dict[str, Any] = {"key": "order-2", "title": "Plan", "count": 3}
    for _ in range(2):
        await decide(tools, await tools.call("relay_make_pair", **call))
    refused = (await tools.call("relay_make_pair", **call)).json()
    assert (refused["code"], refused["reason"]) == ("tool_failed", "too_many_writes")
    assert tools.provider.effects == 2


async def test_a_tool_that_reads_changes_nothing(tools: Tools) -> None:
    """It runs without asking: what it says of itself is held to."""
    await tools.proxy.connect()
    refused = (await tools.call("relay_get_wrongly")).json()
    assert (refused["code"], refused["reason"]) == ("tool_failed", "too_many_writes")
    assert tools.provider.calls == []


@pytest.mark.parametrize(
    ("effect", "writes", "why"),
    [
        ("write", 0, "writes is not 1 to 25"),
        ("write", 26, "writes"),
        ("read", 2, "changes nothing"),
    ],
)
def test_a_wrong_number_of_changes_is_a_mistake(effect: Any, writes: int, why: str) -> None:
    async def change(args: Nothing, ctx: Any) -> Effects:
        return Effects(effects=0)

    with pytest.raises(ConfigError, match=why):
        tool(
            name="relay_change_things",
            description="Change several things.",
            needs=NEEDS,
            effect=effect,
            args=Nothing,
            output=Effects,
            writes=writes,
        )(change)
