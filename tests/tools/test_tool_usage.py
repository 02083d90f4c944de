"""Usage events of tools name the tool; those of the proxy name none."""

from __future__ import annotations

from typing import Any

from gateway.access.service_keys import Role
from tests.tools.conftest import Tools


async def test_usage_is_told_by_tool(tools: Tools) -> None:
    proxy = tools.proxy
    await proxy.connect()
    for _ in range(2):
        await tools.result("relay_get_item", item_id="1")
    await tools.result("relay_query_effect", title="Plan")
    assert (await proxy.client.get("/v1/proxy/relay/echo")).status_code == 200
    stored = await proxy.events()
    named = ["relay_get_item", "relay_get_item", "relay_query_effect", None]
    assert [row["tool"] for row in stored] == named
    api = await proxy.harness.api(Role.ADMIN)

    async def usage(path: str, **query: str) -> dict[str, Any]:
        answer = await api.get(f"/v1/usage{path}", params=query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    sums = (await usage("", by="tool"))["sums"]
    assert {each["tool"]: each["calls"] for each in sums} == {
        "relay_get_item": 2,
        "relay_query_effect": 1,
        None: 1,
    }
    (total,) = (await usage("", tool="relay_get_item"))["sums"]
    assert total["calls"] == 2
    events = (await usage("/events"))["events"]
    assert [each["tool"] for each in reversed(events)] == named
    assert len((await usage("/events", tool="relay_query_effect"))["events"]) == 1
    table = await api.get("/v1/usage", params={"by": "tool", "format": "csv"})
    assert table.text.splitlines()[0].startswith("tool,calls,")
