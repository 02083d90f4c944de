"""Where the files of a new connector go, and how they get there: all of them or none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from connectors.catalog import Catalog
from connectors.errors import ConfigError
from gateway.commands.connectors import templates
from gateway.commands.connectors.description import Description

_ENTRY = re.compile(r'    "([a-z0-9-]+)": "[^"]+",')
_VARIABLE = re.compile(r"OAUTH_([A-Z0-9_]+)_CLIENT_ID=.*")


class CannotWrite(Exception):
    """A connector cannot be written; nothing has been. The message says why, in words."""


def files_for(new: Description, *, root: Path, folder: Path | None, today: date) -> dict[Path, str]:
    """Every file that is to be written or changed, with its new text.

    ``root`` is the source tree, ``folder`` one of one's own, where the connector goes if it is
    given. Raises ``CannotWrite`` if there is a connector of that name, or no place for it.
    """
    _refuse_taken(new.name, folder)
    outside = folder is not None
    stem = new.name if outside else new.stem
    base = folder if folder is not None else root / "connectors"
    tests = base / "tests" if outside else root / "tests" / "connectors"
    files = {
        base / "catalog" / f"{stem}.py": templates.catalog_file(new, today),
        base / "sandbox" / f"{stem}.py": templates.sandbox_file(new),
        tests / f"test_{new.stem}_provider.py": templates.contract_file(new, outside=outside),
    }
    for path in files:
        if path.exists():
            raise CannotWrite(f"{path} exists already")
    if not outside:
        files |= _changed(new, root)
    return files


def write_all(files: Mapping[Path, str]) -> None:
    """Write every file. Raises ``CannotWrite`` if one fails, after taking the others back."""
    before = {path: path.read_text("utf-8") if path.exists() else None for path in files}
    made: list[Path] = []
    try:
        for path, text in files.items():
            missing = [parent for parent in path.parents if not parent.exists()]
            for parent in reversed(missing):
                parent.mkdir()
                made.append(parent)
            path.write_text(text, "utf-8")
    except BaseException as error:  # all or nothing, also when somebody presses Ctrl-C
        for path, text_before in before.items():
            if text_before is None:
                if path.exists():
                    path.unlink()
            elif path.read_text("utf-8") != text_before:
                path.write_text(text_before, "utf-8")
        for parent in reversed(made):
            parent.rmdir()
        if isinstance(error, OSError):
            raise CannotWrite(f"{error}; nothing was written") from error
        raise


def _refuse_taken(name: str, folder: Path | None) -> None:
    laid_out = folder is not None and (folder / "catalog").is_dir()
    try:
        names = Catalog({}, folder if laid_out else None).names()
    except ConfigError as error:
        raise CannotWrite(str(error)) from error
    if name in names:
        raise CannotWrite(f"there is a connector {name} already")


def _changed(new: Description, root: Path) -> dict[Path, str]:
    catalog, variables = root / "connectors/catalog/__init__.py", root / ".env.local.example"
    for needed in (catalog, variables, root / "tests" / "connectors"):
        if not needed.exists():
            raise CannotWrite(
                f"there is no {needed}: connectors are added to a source tree, or with --folder "
                "to a folder of your own"
            )
    return {
        catalog: _joined(_with_entry(catalog.read_text("utf-8").split("\n"), new.name)),
        variables: _joined(_with_variables(variables.read_text("utf-8").split("\n"), new)),
    }


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(lines)


def _with_entry(lines: list[str], name: str) -> list[str]:
    """The catalog's source with a line for ``name`` in alphabetical order."""
    start = next((n for n, line in enumerate(lines) if line.startswith("CONNECTOR_CATALOG")), None)
    if start is None:
        raise CannotWrite("connectors/catalog/__init__.py has no CONNECTOR_CATALOG")
    place = start + 1
    while (entry := _ENTRY.fullmatch(lines[place])) and entry[1] < name:
        place += 1
    return [*lines[:place], templates.catalog_line(name), *lines[place:]]


def _with_variables(lines: list[str], new: Description) -> list[str]:
    """The example with two variables, each connector's after a blank line, in alphabetical order."""
    known = {
        number: match[1].lower().replace("_", "-")
        for number, line in enumerate(lines)
        if (match := _VARIABLE.fullmatch(line))
    }
    if not known:
        raise CannotWrite(".env.local.example has no connector's variables to put these beside")
    added = templates.variable_lines(new)
    following = next((number for number, other in known.items() if other > new.name), None)
    if following is None:
        place = max(known) + 1
        while lines[place : place + 1] and lines[place].startswith("OAUTH_"):
            place += 1
        return [*lines[:place], "", *added, *lines[place:]]
    while following > 0 and lines[following - 1].startswith("#"):
        following -= 1
    return [*lines[:following], *added, "", *lines[following:]]
