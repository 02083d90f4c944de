"""``tools new``: write a tool file and its test, which hold one tool with ``fill-in`` in it."""

from __future__ import annotations

from pathlib import Path
from string import Template

import connectors
from connectors.catalog import Catalog
from connectors.errors import ConnectorError
from connectors.tool_review import MAX_NAME, NAME
from gateway.commands.connectors.new import CannotWrite

_TEMPLATES = Path(__file__).parent / "templates"


def tool_files(name: str, *, connector: str | None, folder: Path | None) -> dict[Path, str]:
    """Return the files of a new tool with their text.

    They go into ``folder`` if it is given, else into the source tree. Raises ``CannotWrite`` if the
    name is none, its connector does not exist, or there are tools of the connector already.
    """
    if not NAME.fullmatch(name) or len(name) > MAX_NAME:
        raise CannotWrite(f'"{name}" is not <connector>_<verb>_<object>')
    known = Catalog({}, folder if folder is not None and (folder / "catalog").is_dir() else None)
    wanted = connector or name.partition("_")[0]
    try:
        found = known.described(wanted)
    except ConnectorError as error:
        raise CannotWrite(f"{error}; name it with --connector") from None
    stem = found.name.replace("-", "_")
    if folder is not None:
        base, tests = folder / "tools", folder / "tests"
    else:
        root = Path(connectors.__file__).parents[1]
        base, tests = root / "connectors" / "tools", root / "tests" / "tools" / "connectors"
    values = {
        "name": name,
        "connector": found.name,
        "title": found.display_name,
        "docs_url": found.docs_url,
        "folder": "Path(__file__).parents[1]" if folder is not None else "None",
        "path_import": "from pathlib import Path\n\n" if folder is not None else "",
    }
    files = {
        base / f"{stem}.py": _filled("tool", values),
        tests / f"test_{stem}_tools.py": _filled("test", values),
    }
    for path in files:
        if path.exists():
            raise CannotWrite(f"{path} exists already: add the tool there, to TOOLS")
    return files


def _filled(template: str, values: dict[str, str]) -> str:
    text = (_TEMPLATES / f"{template}.py.template").read_text("utf-8")
    return Template(text).substitute(values)
