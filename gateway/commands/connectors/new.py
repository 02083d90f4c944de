"""``connectors new``: write the files of a connector, all of them or none.

The files come from ``templates/``; ruff formats them where it is installed. Facts that the author
still has to find out say ``fill-in``, which ``connectors check`` reports with file and line.
"""

from __future__ import annotations

import contextlib
import importlib.util
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from string import Template
from typing import Any

from connectors.catalog import Catalog
from connectors.errors import ConfigError
from connectors.review import NAME_PATTERN
from gateway.commands.connectors.known import MadeUp

FILL_IN = "fill-in"
_TEMPLATES = Path(__file__).parent / "templates"
_WITH_INPUTS = ("authorization_url", "token_url", "api_base_url")
_INPUT = re.compile(r"\$\{connection_config\.([a-z][a-z0-9_]*)\}")
"""A place in a URL for something that a person types."""
_UNFIT = re.compile(r'["\\$\x00-\x1f\x7f]')
"""Characters that would end a string of the written files, or mean something else in them."""
_STAND_INS = {"category": "other", "scopes": "read"}
"""Valid values for fields that are still to be filled in and are no URL."""


class CannotWrite(Exception):
    """The connector cannot be written, and nothing was. The message says why."""


@dataclass(frozen=True, kw_only=True)
class NewConnector:
    """The known values of a connector that is to be written. Commas separate its ``scopes``.

    With ``key`` it takes a pasted key alone, and the values for OAuth have no meaning.
    """

    name: str
    display_name: str = ""
    category: str = FILL_IN
    docs_url: str = FILL_IN
    console_url: str = FILL_IN
    authorization_url: str = FILL_IN
    token_url: str = FILL_IN
    api_base_url: str = FILL_IN
    scopes: str = FILL_IN
    auth: str = "body"
    body: str = "form"
    refresh: bool = True
    key: bool = False

    @property
    def stem(self) -> str:
        """The name as part of a Python name: ``acme_crm``."""
        return self.name.replace("-", "_")

    @property
    def title(self) -> str:
        """The display name; made from the name where none was given."""
        return self.display_name or self.name.replace("-", " ").title()

    def refuse_unusable(self) -> None:
        """Raise ``ConfigError`` with every problem of the values that were given."""
        if not NAME_PATTERN.fullmatch(self.name) or len(self.name) > 64:
            raise ConfigError(f'name "{self.name}" is not kebab-case of at most 64 characters')
        for field in fields(self):
            text = str(getattr(self, field.name))
            if _UNFIT.search(_INPUT.sub("", text) if field.name in _WITH_INPUTS else text):
                raise ConfigError(
                    f"{field.name} holds a quote, a backslash, a $ or a control character"
                )
        unknown = [field.name for field in fields(self) if getattr(self, field.name) == FILL_IN]
        known: dict[str, Any] = {
            name: _STAND_INS.get(name, "https://fill-in.example") for name in unknown
        }
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "catalog" / "new-connector.py"
            file.parent.mkdir()
            file.write_text(_catalog(replace(self, name="new-connector", **known), date.min))
            Catalog(MadeUp(), Path(folder)).get("new-connector")


def files_for(
    new: NewConnector, *, root: Path, folder: Path | None, today: date
) -> dict[Path, str]:
    """Return every file to write, with its text.

    The connector goes into ``folder`` if it is given, else into the source tree ``root``. It says
    that it was checked on the date ``today``. Raises ``CannotWrite`` if a connector of that name
    exists or there is no place for it.
    """
    _refuse_taken(new.name, folder)
    base = folder if folder is not None else root / "connectors"
    tests = base / "tests" if folder is not None else root / "tests" / "connectors"
    stem = new.stem if folder is None else new.name
    if folder is None and not (root / "connectors/catalog").is_dir():
        raise CannotWrite(
            f"{root} is no source tree of the gateway: add connectors there, or with --folder to a "
            "folder of your own"
        )
    files = {
        base / "catalog" / f"{stem}.py": _catalog(new, today),
        base / "sandbox" / f"{stem}.py": _filled(_template("sandbox", new), new),
        tests / f"test_{new.stem}_provider.py": _contract(new, is_outside=folder is not None),
    }
    for path in files:
        if path.exists():
            raise CannotWrite(f"{path} exists already")
    return files


def write_all(files: Mapping[Path, str]) -> None:
    """Write and format every file. If one fails, undo the others and raise ``CannotWrite``."""
    before = {path: path.read_text("utf-8") if path.exists() else None for path in files}
    made = {parent for path in files for parent in path.parents if not parent.exists()}
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        _format(path for path in files if path.suffix == ".py")
    except BaseException as error:  # all or nothing, also when somebody presses Ctrl-C
        for path, text_before in before.items():
            with contextlib.suppress(OSError):
                path.unlink() if text_before is None else path.write_text(text_before, "utf-8")
        for parent in sorted(made, reverse=True):
            with contextlib.suppress(OSError):
                parent.rmdir()
        if isinstance(error, OSError):
            raise CannotWrite(f"{error}; nothing was written") from error
        raise


def _filled(template: str, new: NewConnector, **more: str) -> str:
    text = (_TEMPLATES / f"{template}.py.template").read_text("utf-8")
    said = {field.name: str(getattr(new, field.name)) for field in fields(new)}
    scopes = [f'"{scope.strip()}",' for scope in new.scopes.split(",") if scope.strip()]
    said |= {"scopes": f"({' '.join(scopes)})", "title": new.title}
    return Template(text).substitute(said, stem=new.name[:63].strip("-"), **more)


def _template(kind: str, new: NewConnector) -> str:
    return f"key_{kind}" if new.key else kind


def _catalog(new: NewConnector, today: date) -> str:
    begin, end = ("", "") if new.key else ("        connection_config={\n", "        },\n")
    inputs = "".join(
        _filled("input", replace(new, name=name), suffix=suffix)
        for name, suffix in _inputs(new).items()
    )
    text = _filled(
        _template("catalog", new),
        new,
        today=f"{today.year}, {today.month}, {today.day}",
        public=", public=True" if new.auth == "none" else "",
        input_type="ConnectionInput, " if inputs else "",
        inputs=f"{begin}{inputs}{end}" if inputs else "",
    )
    return _INPUT.sub(r"${\1}", text) if new.key else text


def _inputs(new: NewConnector) -> dict[str, str]:
    """The inputs named in URLs, each with the text that may follow it in a host."""
    found: dict[str, str] = {}
    for url in (getattr(new, name) for name in _WITH_INPUTS):
        for match in _INPUT.finditer(url):
            before, after = url[: match.start()], url[match.end() :].partition("/")[0]
            is_label = before == "https://" and _INPUT.search(after) is None
            found.setdefault(match[1], after if is_label else "")
    return found


def _contract(new: NewConnector, *, is_outside: bool) -> str:
    return _filled(
        _template("test", new),
        new,
        class_name=new.name.title().replace("-", ""),
        path_import="from pathlib import Path\n\n" if is_outside else "",
        folder="    folder = Path(__file__).parents[1]\n" if is_outside else "",
    )


def _refuse_taken(name: str, folder: Path | None) -> None:
    is_laid_out = folder is not None and (folder / "catalog").is_dir()
    try:
        names = Catalog({}, folder if is_laid_out else None).names()
    except ConfigError as error:
        raise CannotWrite(str(error)) from error
    if name in names:
        raise CannotWrite(
            f"there is a connector {name} already; gateway connectors check {name} says what its "
            "files lack"
        )


def _format(paths: Iterable[Path]) -> None:
    if importlib.util.find_spec("ruff") is not None:
        command = [sys.executable, "-m", "ruff", "format", "--quiet", *map(str, paths)]
        subprocess.run(command, check=False)
