"""What is wrong with tool files: for ``connectors check`` and the validator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import connectors.tools
from connectors.catalog import Catalog
from gateway.commands.connectors.check import fill_in_marks
from gateway.tools.registry import Registry, Tool


def tool_file_problems(
    catalog: Catalog, folder: Path | None, connector: str | None = None
) -> Iterator[str]:
    """Describe each mistake of the tool files in ``folder``, or in the package without one.

    A file has the name of a connector, or that of a product which a connector opens. Each of its
    tools needs that connector. ``connector`` chooses one.
    """
    place = Path(connectors.tools.__file__).parent if folder is None else folder / "tools"
    paths = [path for path in sorted(place.glob("*.py")) if path.stem != "__init__"]
    if not paths:
        return
    registry = Registry(catalog, folder)
    hidden = {Path(file).name: reason for file, reason in registry.problems().items()}
    for path in paths:
        where, named = f"tools/{path.name}", path.stem.replace("_", "-")
        tools = [tool for tool in registry.tools() if Path(tool.file).name == path.name]
        owner = named if named in catalog.names() else _owner(tools)
        if connector not in {None, named, owner}:
            continue
        if path.name in hidden:
            yield f"{where}: {hidden[path.name]}"
        if marks := fill_in_marks(path):
            yield marks
        if owner is None:
            yield f"{where}: there is no connector {named}, and none that all of its tools need"
        for tool in tools:
            if owner is not None and owner not in tool.connectors:
                yield f"{where}: {tool.name} does not need {owner}"
            if not tool.examples and tool.input_schema.get("required"):
                yield f"{where}: {tool.name} has no example of its arguments"


def _owner(tools: Sequence[Tool]) -> str | None:
    """Return the connector that all of these tools need, if there is one."""
    needed = [set(tool.connectors) for tool in tools]
    return min(set.intersection(*needed), default=None) if needed else None
