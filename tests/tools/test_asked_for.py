"""The tools that the catalog was asked for, in scripts/wanted.toml: docs/wanted.md shows them."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
import wanted_page

from connectors.catalog import CONNECTOR_CATALOG, Catalog
from gateway.tools.registry import Registry

WITHOUT = {
    "betterstack.log",
    "bitwarden.items.get",
    "bitwarden.items.list",
    "imagekit.transform",
    "n8n.workflow.execute",
    "snowflake.stage.put",
    "stability.generate",
    "stability.upscale",
}
"""Each has its reason in the table."""


def test_each_tool_that_was_asked_for_exists() -> None:
    tools = {tool.name: tool for tool in Registry(Catalog({})).tools()}
    without = set()
    for entry in wanted_page.wanted_entries():
        connector = entry.get("connector")
        assert entry["tools"], entry["name"]
        assert connector is None or connector in CONNECTOR_CATALOG
        for asked, name in entry["tools"].items():
            if name.startswith(wanted_page.NONE):
                assert len(name) > 20, asked
                without.add(asked)
            elif connector is None:
                assert (name, bool(entry["reason"])) == ("", True), asked
            else:
                assert connector in tools[name].connectors, asked
    assert without == WITHOUT
