"""Listing and calling tools, in both eras: what a client sees, and what the audit says."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import jsonschema
import pytest
from mcp_types import ClientCapabilities, Implementation

from gateway.encryption.vault import Vault, new_encryption_key, read_encryption_keys
from gateway.mcp import listing
from gateway.mcp.request_state import _Codec
from gateway.mcp.session import Sessions
from gateway.store.policies import Decision, PolicyRule
from tests.mcp.speaking import MODERN, OLD, Mcp
from tests.mcp.standin import ALICE
from tests.support import provider as providers

ERAS = [pytest.param(MODERN, id=MODERN), pytest.param("legacy", id=OLD)]
ITEM = {"item_id": "i"}


async def call(mcp: Mcp, name: str, arguments: dict[str, Any], era: str = MODERN) -> dict[str, Any]:
    """The JSON-RPC answer of a call."""
    return await mcp.ask(era, "tools/call", {"name": name, "arguments": arguments}, {})


async def page_of(mcp: Mcp, **params: Any) -> dict[str, Any]:
    """One page of the list."""
    found: dict[str, Any] = (await mcp.ask(MODERN, "tools/list", params, {}))["result"]
    return found


async def listed(mcp: Mcp) -> dict[str, Any]:
    """The first page, with the tools of all pages."""
    page = first = await page_of(mcp)
    while "nextCursor" in page:
        page = await page_of(mcp, cursor=page["nextCursor"])
        first["tools"] += page["tools"]
    return first


@pytest.mark.parametrize("mode", ERAS)
async def test_a_tool_is_listed_and_called(mcp: Mcp, mode: str) -> None:
    await mcp.proxy.connect()
    async with mcp.client(mode=mode) as client:
        page = await client.list_tools()
        tools = {tool.name: tool for tool in page.tools}
        while page.next_cursor:
            page = await client.list_tools(cursor=page.next_cursor)
            tools |= {tool.name: tool for tool in page.tools}
        assert list(tools) == sorted(tools)
        assert {"discover", "relay_get_item"} <= tools.keys()
        result = await client.call_tool("relay_get_item", ITEM)
    assert not result.is_error
    assert result.structured_content is not None
    assert result.structured_content["result"]["method"] == "GET"
    assert json.loads(result.content[0].text) == result.structured_content  # type: ignore[union-attr]
    jsonschema.validate(result.structured_content, tools["relay_get_item"].output_schema or {})
    (line,) = await lines(mcp)
    assert (line["outcome"], line["subject"]) == ("ok", "relay_get_item")
    assert line["details"]["arguments"] == ["item_id"]


async def lines(mcp: Mcp) -> list[dict[str, Any]]:
    """The audit's lines of calls."""
    services = mcp.proxy.harness.services
    await services.audit.flush()
    rows: Any = services.audit._store._rows
    found: list[dict[str, Any]] = await rows.find({"action": "tool.called"}, sort=[("time", 1)])
    return found


async def test_a_list_says_effects_and_is_private(mcp: Mcp) -> None:
    found = await listed(mcp)
    hints = {tool["name"]: tool["annotations"] for tool in found["tools"]}
    assert hints["relay_get_item"]["readOnlyHint"] is True
    assert hints["relay_change_item"]["readOnlyHint"] is False
    assert (found["cacheScope"], found["resultType"]) == ("private", "complete")
    assert found["ttlMs"] > 0
    for tool in found["tools"]:
        jsonschema.Draft202012Validator.check_schema(tool["inputSchema"])
        jsonschema.Draft202012Validator.check_schema(tool["outputSchema"])


async def test_a_list_differs_by_policy_and_never_by_connection(mcp: Mcp) -> None:
    before = await listed(mcp)
    await mcp.proxy.connect()
    assert await listed(mcp) == before
    rules = [PolicyRule(id="no", pattern="relay_get_item", decision=Decision.BLOCK, user="alice")]
    await mcp.proxy.harness.services.policies.set("default", rules=rules, disabled=(), revision=0)
    names = [tool["name"] for tool in (await listed(mcp))["tools"]]
    assert names == [t["name"] for t in before["tools"] if t["name"] != "relay_get_item"]
    mcp.become("bob")
    assert await listed(mcp) == before


async def test_pages_add_up_to_the_list(mcp: Mcp, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [tool["name"] for tool in (await listed(mcp))["tools"]]
    monkeypatch.setattr(listing, "PAGE", 30)
    names: list[str] = []
    page = await page_of(mcp)
    while "nextCursor" in page:
        assert len(page["tools"]) == 30
        names += [tool["name"] for tool in page["tools"]]
        page = await page_of(mcp, cursor=page["nextCursor"])
    assert names
    assert [*names, *(tool["name"] for tool in page["tools"])] == whole
    wrong = await mcp.ask(MODERN, "tools/list", {"cursor": "???"}, {})
    assert wrong["error"]["code"] == -32602


@pytest.mark.parametrize("era", [MODERN, OLD])
async def test_errors_are_results_but_for_an_unknown_tool(
    mcp: Mcp, era: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await mcp.proxy.connect()
    assert (await call(mcp, "relay_get_nothing", {}, era))["error"]["code"] == -32602
    wrong = (await call(mcp, "relay_get_item", {"item_id": 7}, era))["result"]
    assert (wrong["isError"], wrong["structuredContent"]["code"]) == (True, "invalid_arguments")
    assert "item_id" in wrong["content"][0]["text"]
    monkeypatch.setitem(providers.BEHAVIOURS, "refusal", providers.BEHAVIOURS["deny"])
    refused = (await call(mcp, "relay_get_refusal", {}, era))["result"]
    assert (refused["isError"], refused["structuredContent"]["code"]) == (True, "tool_failed")


async def test_progress_comes_before_the_result(mcp: Mcp) -> None:
    await mcp.proxy.connect()
    told: list[tuple[float, float | None]] = []

    async def note(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total))

    async with mcp.client(mode=MODERN) as client:
        result = await client.call_tool("relay_change_often", {"times": 3}, progress_callback=note)
    assert not result.is_error
    assert told == [(1, 3), (2, 3), (3, 3)]


async def test_a_repeat_with_a_key_sends_nothing_again(mcp: Mcp) -> None:
    await mcp.proxy.connect()
    params = {
        "name": "relay_change_item",
        "arguments": {"title": "New"},
        "_meta": {"connector-gateway/idempotency-key": "once-and-no-more"},
    }
    first = await mcp.ask(MODERN, "tools/call", params, {})
    again = await mcp.ask(MODERN, "tools/call", params, {})
    assert again["result"]["structuredContent"] == first["result"]["structuredContent"]
    assert len(mcp.provider.calls) == 1


async def test_discover_says_what_is_missing_with_a_link_for_this_person(mcp: Mcp) -> None:
    found = (await call(mcp, "discover", {"query": "item", "connector": "relay"}))["result"]
    tool = next(
        each for each in found["structuredContent"]["tools"] if each["name"] == "relay_get_item"
    )
    (needed,) = tool["connector_required"]
    assert (tool["available"], tool["reason"]) == (False, "connector_required")
    assert "&for=" in needed["connect_url"]
    await mcp.proxy.connect()
    found = (await call(mcp, "discover", {"connector": "relay"}))["result"]["structuredContent"]
    assert all("connector_required" not in each for each in found["tools"])
    (account,) = found["connectors"]
    assert (account["kind"], account["isDefault"]) == ("relay", True)


async def test_controls_give_links_and_change_nothing(mcp: Mcp) -> None:
    connection = await mcp.proxy.connect()
    link = (await call(mcp, "connect_link", {"connector": "relay"}))["result"]
    assert link["structuredContent"]["connect_url"].startswith(f"{mcp.url}/connectors/relay?for=")
    mine = (await call(mcp, "list_connections", {}))["result"]["structuredContent"]
    assert [each["id"] for each in mine["connections"]] == [connection.id]
    gone = (await call(mcp, "disconnect_link", {"connection": connection.id}))["result"]
    assert gone["structuredContent"]["disconnect_url"].endswith(f"/{connection.id}/disconnect")
    mcp.become("bob")
    assert (await call(mcp, "list_connections", {}))["result"]["structuredContent"][
        "connections"
    ] == []
    foreign = (await call(mcp, "disconnect_link", {"connection": connection.id}))["result"]
    assert foreign["structuredContent"]["code"] == "connection_not_found"


async def test_other_hosts_and_sites_are_refused(mcp: Mcp) -> None:
    headers = {"mcp-protocol-version": OLD}
    with pytest.raises(Exception, match="endpoint"):
        await mcp.post("tools/list", {}, headers | {"host": "evil.example"})
    with pytest.raises(Exception, match="another site"):
        await mcp.post("tools/list", {}, headers | {"origin": "https://evil.example"})


async def test_a_skill_is_the_file_that_its_entry_says(mcp: Mcp) -> None:
    skills = (await mcp.ask(MODERN, "skills/list", {}, {}))["result"]["skills"]
    assert len(skills) > 3
    for entry in skills[:3]:
        (file,) = entry["resources"]
        read = await mcp.ask(
            MODERN, "resources/read", {"uri": file["uri"]}, {}, **name(file["uri"])
        )
        text = read["result"]["contents"][0]["text"].encode()
        assert f"sha256:{hashlib.sha256(text).hexdigest()}" == file["digest"]
        assert len(text) == file["size"]
        assert entry["frontmatter"]["name"] == file["uri"].split("/")[-2]
        got = (await mcp.ask(MODERN, "skills/get", {"uri": entry["uri"]}, {}))["result"]
        assert got["skill"] == entry
    unknown = await mcp.ask(MODERN, "skills/get", {"uri": "skill://none/SKILL.md"}, {})
    assert unknown["error"]["code"] == -32602


def name(uri: str) -> dict[str, str]:
    """The header that repeats what is read."""
    return {"mcp-name": uri}


async def test_state_and_sessions_outlive_a_rotation_of_the_encryption_keys(mcp: Mcp) -> None:
    one, two = new_encryption_key(), new_encryption_key()
    old = Vault(read_encryption_keys(f"a:{one}"))
    new = Vault(read_encryption_keys(f"b:{two},a:{one}"))
    now = mcp.proxy.harness.clock()
    said: dict[str, Any] = {
        "version": OLD,
        "capabilities": ClientCapabilities.model_validate({"elicitation": {"url": {}}}),
        "client": Implementation(name="agent", version="1"),
        "now": now,
    }
    session = Sessions(new).open(Sessions(old).begin(ALICE, **said), ALICE, now)
    assert session is not None
    assert session.capabilities == {"elicitation": {"url": {}}}
    assert _Codec(new).unseal(_Codec(old).seal(b"state")) == b"state"
    without = Vault(read_encryption_keys(f"b:{two}"))
    assert Sessions(without).open(Sessions(old).begin(ALICE, **said), ALICE, now) is None


async def test_tools_for_administrators_do_not_exist_for_others(mcp: Mcp) -> None:
    found = await listed(mcp)
    assert not [tool for tool in found["tools"] if tool["name"].startswith("gateway_")]
    answer = await call(mcp, "gateway_list_integrations", {})
    assert answer["error"]["message"] == "Unknown tool: gateway_list_integrations"
