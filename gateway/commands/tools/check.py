"""What is wrong with tool files: for ``connectors check`` and the validator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import connectors.tools
from connectors.catalog import Catalog
from gateway.commands.connectors.check import fill_in_marks
from gateway.tools.registry import Registry


def tool_file_problems(
    catalog: Catalog, folder: Path | None, connector: str | None = None
) -> Iterator[str]:
    """Describe each mistake of the tool files in ``folder``, or in the package without one.

    A file has the name of a connector, which each of its tools needs. ``connector`` chooses one.
    """
    place = Path(connectors.tools.__file__).parent if folder is None else folder / "tools"
    files = {path: path.stem.replace("_", "-") for path in sorted(place.glob("*.py"))}
    files = {path: owner for path, owner in files.items() if owner != "--init--"}
    if connector is not None:
        files = {path: owner for path, owner in files.items() if owner == connector}
    if not files:
        return
    registry = Registry(catalog, folder)
    hidden = {Path(file).name: reason for file, reason in registry.problems().items()}
    for path, owner in files.items():
        where = f"tools/{path.name}"
        if path.name in hidden:
            yield f"{where}: {hidden[path.name]}"
        if marks := fill_in_marks(path):
            yield marks
        if owner not in catalog.names():
            yield f"{where}: there is no connector {owner}"
        for tool in registry.tools():
            if Path(tool.file).name != path.name:
                continue
            if owner not in tool.connectors:
                yield f"{where}: {tool.name} does not need {owner}"
            if not tool.examples and tool.input_schema.get("required"):
                yield f"{where}: {tool.name} has no example of its arguments"
