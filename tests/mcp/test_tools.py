"""Listing and calling tools with the official client, in both eras."""

from __future__ import annotations

import pytest

from tests.mcp.speaking import MODERN, Mcp

ERAS = [pytest.param(MODERN, id="2026-07-28"), pytest.param("legacy", id="2025-11-25")]


@pytest.mark.parametrize("mode", ERAS)
async def test_a_tool_is_listed_and_called(mcp: Mcp, mode: str) -> None:
    await mcp.proxy.connect()
    async with mcp.client(mode=mode) as client:
        listed = await client.list_tools()
        names = [tool.name for tool in listed.tools]
        assert names == sorted(names)
        assert {"discover", "relay_get_item"} <= set(names)
        result = await client.call_tool("relay_get_item", {"item_id": "i"})
        assert not result.is_error
        assert result.structured_content["result"]["method"] == "GET"
