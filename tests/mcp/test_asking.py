"""Calls that need a person first: their answers, by era, capability and state of the account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from mcp.shared.exceptions import MCPError, UrlElicitationRequiredError
from mcp_types import ElicitResult

from gateway.store.connection import Status
from gateway.store.policies import Decision, PolicyRule
from tests.mcp.speaking import MODERN, OLD, Mcp
from tests.support.altered import altered

CAPABILITIES: dict[str, dict[str, Any]] = {
    "none": {},
    "form": {"elicitation": {}},
    "form-said": {"elicitation": {"form": {}}},
    "url": {"elicitation": {"url": {}}},
}
CODES = {
    "healthy": None,
    "refreshing": None,
    "absent": "connector_required",
    "broken": "reauthorization_required",
    "narrow": "scopes_required",
}
CALL: dict[str, Any] = {"name": "relay_get_item", "arguments": {"item_id": "i"}}


async def bring_into(mcp: Mcp, state: str) -> None:
    """Bring Alice's account into a state."""
    if state == "absent":
        return
    connection = await mcp.proxy.connect()
    rows: Any = mcp.proxy.harness.services.tokens._connections._rows
    soon = mcp.proxy.harness.clock() + timedelta(seconds=30)
    changes: dict[str, dict[str, Any]] = {
        "broken": {"status": Status.NEEDS_REAUTH, "status_reason": "invalid_grant"},
        "narrow": {"scopes.granted": []},
        "refreshing": {"refresh.owner": "another process", "refresh.until": soon},
    }
    if state in changes:
        await rows.update_one({"_id": connection.id}, {"$set": changes[state]})


@pytest.mark.parametrize("state", list(CODES))
async def test_the_form_is_the_one_that_the_client_knows(mcp: Mcp, state: str) -> None:
    await bring_into(mcp, state)
    for era in (MODERN, OLD):
        for name, capabilities in CAPABILITIES.items():
            answer = await mcp.ask(era, "tools/call", CALL, capabilities)
            if CODES[state] is None:
                assert not answer["result"].get("isError"), (era, name, answer)
                assert answer["result"]["structuredContent"]["result"]["method"] == "GET"
                continue
            url = check_form(answer, era, name, CODES[state])
            query = parse_qs(urlsplit(url).query)
            assert url.startswith(f"{mcp.url}/connectors/relay?"), (era, name)
            assert query["tool"] == ["relay_get_item"]
            assert query["for"]
            assert "alice" not in url


def check_form(answer: dict[str, Any], era: str, name: str, code: str | None) -> str:
    """Check that an answer has the form for this client; return the link in it."""
    if name == "url" and era == MODERN:
        result = answer["result"]
        assert result["resultType"] == "input_required"
        assert result["requestState"]
        (request,) = result["inputRequests"].values()
        assert (request["method"], request["params"]["mode"]) == ("elicitation/create", "url")
        assert "relay" in request["params"]["message"].lower()
        found = request["params"]["url"]
    elif name == "url":
        assert answer["error"]["code"] == -32042
        (asked,) = answer["error"]["data"]["elicitations"]
        assert asked["elicitationId"]
        found = asked["url"]
    else:
        result = answer["result"]
        assert result["isError"] is True
        problem = result["structuredContent"]
        assert problem["code"] == code
        found = problem["connect_url"]
        assert found in result["content"][0]["text"]
        assert "call the tool again" in result["content"][0]["text"]
    assert isinstance(found, str)
    return found


async def test_the_official_client_connects_and_its_retry_succeeds(mcp: Mcp) -> None:
    asked: list[str] = []

    async def open_page(context: Any, params: Any) -> ElicitResult:
        asked.append(params.url)
        await mcp.proxy.connect()
        return ElicitResult(action="accept")

    async with mcp.client(mode=MODERN, elicitation_callback=open_page) as client:
        result = await client.call_tool(CALL["name"], CALL["arguments"])
    assert not result.is_error
    assert len(asked) == 1


async def test_the_official_client_of_the_older_era_gets_the_error_and_goes_on(mcp: Mcp) -> None:
    async def unused(context: Any, params: Any) -> ElicitResult:
        raise AssertionError("this era has an error instead")

    async with mcp.client(mode="legacy", elicitation_callback=unused) as client:
        with pytest.raises(MCPError) as caught:
            await client.call_tool(CALL["name"], CALL["arguments"])
        (asked,) = UrlElicitationRequiredError.from_error(caught.value.error).elicitations
        assert asked.url.startswith(f"{mcp.url}/connectors/relay?")
        await mcp.proxy.connect()
        assert not (await client.call_tool(CALL["name"], CALL["arguments"])).is_error


@pytest.mark.parametrize("action", ["decline", "cancel"])
async def test_a_person_who_declines_is_not_asked_again(mcp: Mcp, action: str) -> None:
    asked: list[str] = []

    async def refuse(context: Any, params: Any) -> ElicitResult:
        asked.append(params.url)
        return ElicitResult(action=action)

    async with mcp.client(mode=MODERN, elicitation_callback=refuse) as client:
        result = await client.call_tool(CALL["name"], CALL["arguments"])
    assert result.is_error
    assert len(asked) == 1


async def test_an_opened_page_is_not_a_connected_account(mcp: Mcp) -> None:
    url = CAPABILITIES["url"]
    first = (await mcp.ask(MODERN, "tools/call", CALL, url))["result"]
    answers = {
        "requestState": first["requestState"],
        "inputResponses": {"page": {"action": "accept"}},
    }
    again = (await mcp.ask(MODERN, "tools/call", CALL | answers, url))["result"]
    assert again["resultType"] == "input_required"
    await mcp.proxy.connect()
    done = (await mcp.ask(MODERN, "tools/call", CALL | answers, url))["result"]
    assert done["resultType"] == "complete"
    assert not done.get("isError")


async def test_state_is_of_one_person_one_tool_and_its_arguments(mcp: Mcp) -> None:
    url = CAPABILITIES["url"]
    first = (await mcp.ask(MODERN, "tools/call", CALL, url))["result"]
    state = {"requestState": first["requestState"]}
    other = {"name": "relay_get_item", "arguments": {"item_id": "another"}}
    assert (await mcp.ask(MODERN, "tools/call", other | state, url))["error"]["code"] == -32602
    broken = {"requestState": altered(first["requestState"])}
    assert (await mcp.ask(MODERN, "tools/call", CALL | broken, url))["error"]["code"] == -32602
    mcp.become("bob")
    assert (await mcp.ask(MODERN, "tools/call", CALL | state, url))["error"]["code"] == -32602


async def test_a_session_is_of_one_person_and_client(mcp: Mcp) -> None:
    session = await mcp.session(CAPABILITIES["url"])
    mcp.become("bob")
    answer = await mcp.post(
        "tools/list", {}, {"mcp-session-id": session, "mcp-protocol-version": OLD}
    )
    assert answer.status_code == 404
    mcp.become("alice")
    forged = await mcp.post("tools/list", {}, {"mcp-session-id": altered(session)})
    assert forged.status_code == 404


async def test_the_page_compares_the_person_with_the_one_of_the_link(mcp: Mcp) -> None:
    answer = await mcp.ask(MODERN, "tools/call", CALL, {})
    path = answer["result"]["structuredContent"]["connect_url"].removeprefix(mcp.url)
    alice = await mcp.proxy.harness.browser("alice")
    bob = await mcp.proxy.harness.browser("bob")
    assert (await alice.open(path)).status_code == 200
    refused = await bob.open(path)
    assert refused.status_code == 403
    assert "made for somebody else" in refused.text
    changed = await alice.open(path.replace("for=", "for=1"))
    assert changed.status_code == 403
    mcp.proxy.harness.clock.advance(hours=2)
    late = await (await mcp.proxy.harness.browser("alice")).open(path)
    assert late.status_code == 400
    assert "too old" in late.text


async def test_an_approval_travels_the_same_way(mcp: Mcp) -> None:
    await mcp.proxy.connect()
    policies = mcp.proxy.harness.services.policies
    rule = PolicyRule(id="ask", pattern="relay_change_*", decision=Decision.ASK)
    await policies.set("default", rules=[rule], disabled=(), revision=0)
    change = {"name": "relay_change_item", "arguments": {"title": "New"}}
    plain = (await mcp.ask(MODERN, "tools/call", change, {}))["result"]
    assert plain["isError"]
    assert plain["structuredContent"]["code"] == "approval_required"
    assert plain["structuredContent"]["url"] in plain["content"][0]["text"]
    old = await mcp.ask(OLD, "tools/call", change, CAPABILITIES["url"])
    assert old["error"]["code"] == -32042
    asked = (await mcp.ask(MODERN, "tools/call", change, CAPABILITIES["url"]))["result"]
    url = asked["inputRequests"]["page"]["params"]["url"]
    assert url == plain["structuredContent"]["url"]
    assert not mcp.provider.calls
    approvals = mcp.proxy.harness.services.approvals
    await approvals.decide(
        "default", url.rpartition("/")[2], user="alice", admin=False, approve=True
    )
    answers = {
        "requestState": asked["requestState"],
        "inputResponses": {"page": {"action": "accept"}},
    }
    done = (await mcp.ask(MODERN, "tools/call", change | answers, CAPABILITIES["url"]))["result"]
    assert not done.get("isError"), done
    assert len(mcp.provider.calls) == 1
