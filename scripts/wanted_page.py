"""The page docs/wanted.md: what became of the entries and tools that the catalog was asked for."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from connectors.catalog import Catalog
from connectors.config import Connector, ConnectorConfig
from gateway.tools.registry import Registry, Tool

FILE = Path(__file__).with_name("wanted.toml")
NOT_DESCRIBED = "It is not in the catalog."
NONE = "none: "
"""Begins the reason of a tool that there is not."""


def wanted_page(configs: Mapping[str, Connector], written_by: str) -> str:
    """The whole page. ``configs`` are the connectors of the catalog by their names.

    Raises ``KeyError`` for a tool that does not exist.
    """
    wanted = wanted_entries()
    rows = [_row(entry, configs) for entry in wanted]
    found = sum(entry.get("connector") in configs for entry in wanted)
    tools = {tool.name: tool for tool in Registry(Catalog({})).tools()}
    asked = [row for entry in wanted for row in _tool_rows(entry, tools)]
    there = sum(name in tools for entry in wanted for name in entry["tools"].values())
    lines = [
        "# What was asked for",
        "",
        f"<!-- Written by {written_by} from scripts/wanted.toml and the catalog; changes made here "
        "are lost. -->",
        "",
        f"The catalog was asked for {len(wanted)} entries, and connects {found} of them. Its other "
        "connectors are in [connectors.md](connectors.md).",
        "",
        "| group | entry | connector | people connect with | reason or remark |",
        "|---|---|---|---|---|",
        *rows,
        "",
        "## Tools",
        "",
        f"The catalog was asked for {len(asked)} tools, and has {there} of them, among its "
        f"{len(tools)}: `gateway tools list` lists all, `gateway tools show NAME` shows one. How "
        "they are called: [tools.md](tools.md).",
        "",
        "| entry | asked for | tool | what it does, or why there is none |",
        "|---|---|---|---|",
        *asked,
    ]
    return "\n".join(lines) + "\n"


def wanted_entries() -> list[dict[str, Any]]:
    """Every entry with its group, name, connector or reason, and ``tools``: name -> tool."""
    entries: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["wanted"]
    return entries


def _row(entry: Mapping[str, Any], configs: Mapping[str, Connector]) -> str:
    config = configs.get(entry.get("connector", ""))
    reason = entry.get("reason", "")
    if config is None:
        cells = ["none", "nothing", reason or NOT_DESCRIBED]
    else:
        cells = [f"`{config.name}`", " or ".join(_methods(config)), reason]
    return f"| {' | '.join([entry['group'], entry['name'], *cells])} |"


def _tool_rows(entry: Mapping[str, Any], tools: Mapping[str, Tool]) -> Iterator[str]:
    for asked, named in entry["tools"].items():
        if named.startswith(NONE):
            cells = ["none", named.removeprefix(NONE)]
        elif "connector" not in entry:
            cells = ["none", entry["reason"]]
        else:
            tool = tools[named]
            cells = [f"`{named}`", f"{tool.effect}: {tool.description}"]
        yield f"| {' | '.join([entry['name'], f'`{asked}`', *cells])} |"


def _methods(config: Connector) -> Iterator[str]:
    if isinstance(config, ConnectorConfig):
        yield "OAuth"
    if config.key is not None:
        yield "a key"
