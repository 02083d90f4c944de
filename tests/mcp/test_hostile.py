"""Messages that no client sends, and a gateway that fails: always an answer, never a bug."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from gateway.errors import GatewayError, StoreUnavailable
from gateway.mcp.principal import READ
from tests.mcp.speaking import ACCEPT, MODERN, OLD, Mcp

DEEP = "[" * 100_000
BODIES = [
    "",
    "null",
    "7",
    '"tools/list"',
    "[]",
    '[{"jsonrpc":"2.0","id":1,"method":"tools/list"}]',
    "{}",
    '{"jsonrpc":"1.0","id":1,"method":"tools/list"}',
    '{"jsonrpc":"2.0","id":null,"method":"tools/list"}',
    '{"jsonrpc":"2.0","id":true,"method":"tools/list"}',
    '{"jsonrpc":"2.0","id":[1],"method":"tools/list"}',
    '{"jsonrpc":"2.0","id":1,"method":7}',
    '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":[]}',
    '{"jsonrpc":"2.0","id":1,"method":"initialize"}',
    '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":7}}',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call"}',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":7}}',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":[]}}',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","requestState":7}}',
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","inputResponses":7}}',
    '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"\\ud800"}}',
    '{"jsonrpc":"2.0","id":1,"method":"skills/get","params":{"uri":"skill://../SKILL.md"}}',
    '{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"file:///etc/passwd"}}',
    '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{"a":1}}}',
    '{"jsonrpc":"2.0","method":"notifications/cancelled","params":[]}',
    '{"jsonrpc":"2.0","id":"ask-1","result":{}}',
    DEEP,
    f'{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"x","arguments":{DEEP}',
]


async def test_no_message_is_a_bug(mcp: Mcp) -> None:
    session = await mcp.session({})
    sets: list[dict[str, str]] = [
        {},
        {"mcp-protocol-version": OLD, "mcp-session-id": session},
        {"mcp-protocol-version": "2099-01-01"},
        {"mcp-protocol-version": MODERN, "mcp-method": "tools/call", "mcp-name": "x"},
        {"mcp-session-id": "é"},
    ]
    for headers in sets:
        for body in BODIES:
            raw = {"accept": ACCEPT, "content-type": "application/json"} | headers
            sent = [(name.encode(), value.encode()) for name, value in raw.items()]
            answer = await mcp.raw.post("/mcp", content=body.encode(), headers=sent)
            assert answer.status_code < 500, (headers, body[:80], answer.text)
            if answer.content:
                said = json.loads(answer.text.removeprefix("event: message\r\ndata: "))
                assert said.get("error", {}).get("code") != -32603, (headers, body[:80], said)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "GET", "OPTIONS"])
async def test_other_methods_are_not_allowed(mcp: Mcp, method: str) -> None:
    for version in (MODERN, OLD):
        headers = {"accept": ACCEPT, "mcp-protocol-version": version}
        answer = await mcp.raw.request(method, "/mcp", headers=headers)
        assert answer.status_code == 405
        assert "POST" in answer.headers["allow"]


@pytest.mark.parametrize("era", [MODERN, OLD])
async def test_an_outage_is_told_by_its_code(
    mcp: Mcp, era: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await mcp.session({})

    async def fail(*arguments: Any, **options: Any) -> Any:
        raise StoreUnavailable

    monkeypatch.setattr(mcp.proxy.harness.services.discovery, "look", fail)
    options = {"session": session} if era == OLD else {}
    listed = await mcp.ask(era, "tools/list", {}, {}, **options)
    assert listed["error"]["data"]["code"] == "store_unavailable"
    found = await mcp.ask(era, "tools/call", {"name": "discover", "arguments": {}}, {}, **options)
    assert found["result"]["structuredContent"]["code"] == "store_unavailable"


async def test_a_caller_with_few_rights_reaches_no_further(mcp: Mcp) -> None:
    await mcp.proxy.connect()
    mcp.principal = replace(mcp.principal, scopes=frozenset({READ}))
    mcp.raw = mcp.http()
    change = {"name": "relay_change_item", "arguments": {"title": "New"}}
    refused = (await mcp.ask(MODERN, "tools/call", change, {}))["result"]
    assert (refused["isError"], refused["structuredContent"]["code"]) == (True, "forbidden")
    mcp.principal = replace(mcp.principal, connectors=frozenset({"stripe"}))
    mcp.raw = mcp.http()
    names = [t["name"] for t in (await mcp.ask(MODERN, "tools/list", {}, {}))["result"]["tools"]]
    assert not [name for name in names if name.startswith("relay_")]
    item = {"name": "relay_get_item", "arguments": {"item_id": "i"}}
    assert (await mcp.ask(MODERN, "tools/call", item, {}))["error"]["code"] == -32602
    link = {"name": "connect_link", "arguments": {"connector": "relay"}}
    assert (await mcp.ask(MODERN, "tools/call", link, {}))["result"]["isError"]
    assert not mcp.provider.calls


async def test_a_process_that_stops_opens_no_stream(mcp: Mcp) -> None:
    session = await mcp.session({})
    mcp.app._relay.close()
    with pytest.raises(GatewayError):
        await mcp.raw.get("/mcp", headers={"accept": ACCEPT, "mcp-session-id": session})
