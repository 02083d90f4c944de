"""The table in docs/tools.md of the tools that the catalog was asked for."""

from __future__ import annotations

import re
from pathlib import Path

from connectors.catalog import Catalog
from gateway.tools.registry import Registry

PAGE = Path(__file__).parents[2] / "docs" / "tools.md"
TITLE = "## Tools that the catalog was asked for"
ROW = re.compile(r"^\| `([\w.]+)` \| (`(\w+)`|none: .+) \|$", re.MULTILINE)
WITHOUT = {
    "betterstack.log",
    "bitwarden.items.get",
    "bitwarden.items.list",
    "imagekit.transform",
    "n8n.workflow.execute",
    "shopify.orders.create",
    "snowflake.stage.put",
    "stability.generate",
    "stability.upscale",
}


def test_each_tool_that_was_asked_for_exists() -> None:
    _, _, section = PAGE.read_text(encoding="utf-8").partition(TITLE)
    rows = ROW.findall(section.partition("\n## ")[0])
    tools = {tool.name: tool for tool in Registry(Catalog({})).tools()}
    named = {name for _, _, name in rows if name}
    assert named - tools.keys() == set()
    assert [asked for asked, _, _ in rows] == sorted(asked for asked, _, _ in rows)
    assert {asked for asked, _, name in rows if not name} == WITHOUT
