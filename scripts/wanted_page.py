"""The page docs/wanted.md: what became of the entries that the catalog was asked for."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from connectors.config import Connector, ConnectorConfig

FILE = Path(__file__).with_name("wanted.toml")
NOT_DESCRIBED = "It is not in the catalog."


def wanted_page(configs: Mapping[str, Connector], written_by: str) -> str:
    """The whole page. ``configs`` are the connectors of the catalog by their names."""
    wanted = tomllib.loads(FILE.read_text(encoding="utf-8"))["wanted"]
    rows = [_row(entry, configs) for entry in wanted]
    found = sum(entry.get("connector") in configs for entry in wanted)
    lines = [
        "# What was asked for",
        "",
        f"<!-- Written by {written_by} from scripts/wanted.toml and the catalog; changes made here "
        "are lost. -->",
        "",
        f"The catalog was asked for {len(wanted)} entries, and connects {found} of them. Its other "
        "connectors are in [connectors.md](connectors.md), the tools in [tools.md](tools.md).",
        "",
        "| group | entry | connector | people connect with | reason or remark |",
        "|---|---|---|---|---|",
        *rows,
    ]
    return "\n".join(lines) + "\n"


def _row(entry: Mapping[str, Any], configs: Mapping[str, Connector]) -> str:
    config = configs.get(entry.get("connector", ""))
    reason = entry.get("reason", "")
    if config is None:
        cells = ["none", "nothing", reason or NOT_DESCRIBED]
    else:
        cells = [f"`{config.name}`", " or ".join(_methods(config)), reason]
    return f"| {' | '.join([entry['group'], entry['name'], *cells])} |"


def _methods(config: Connector) -> Iterator[str]:
    if isinstance(config, ConnectorConfig):
        yield "OAuth"
    if config.key is not None:
        yield "a key"
