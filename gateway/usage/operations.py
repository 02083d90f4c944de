"""Operations: a method and a template of a path, as rules, prices and events name them."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote

MOST = 200
"""The longest operation, in characters."""
NUMBER = "{number}"
_WORD = re.compile(r"[A-Za-z][A-Za-z_.:]{0,29}")
_VERSION = re.compile(r"v[0-9]{1,3}(?:[._]?[a-z0-9]{1,6}){0,2}|[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?")
_FLAGS = re.DOTALL | re.IGNORECASE
"""Some providers ignore the case of a path: no spelling of it may lead around a rule."""
_METHOD = re.compile(r"[A-Z]{1,20}|\*")
_PARAMETER = re.compile(r"\{[a-z_]{1,40}\}")
_LITERAL = re.compile(r"[A-Za-z0-9._~:@!$&'()+,;=-]{1,100}")


def operation_of(method: str, path: str) -> str:
    """Return the operation of a request, with ``{id}`` for what may be an id or other content.

    Words and versions stay: ``/v1/pages/1a2b/children`` is ``/v1/pages/{id}/children``.
    """
    parts = [
        part if not part or _WORD.fullmatch(part) or _VERSION.fullmatch(part) else "{id}"
        for part in path.strip("/").split("/")
    ]
    return f"{method} /{'/'.join(parts)}"[:MOST]


@lru_cache(maxsize=2048)
def pattern(operation: str) -> re.Pattern[str]:
    """Return what matches the method and path that ``operation`` names.

    ``*`` is any method, ``{name}`` any one segment, ``{number}`` one of digits, and ``**`` at the
    end any rest. Raises ``ValueError`` if ``operation`` is not of this form.
    """
    method, _, path = operation.partition(" ")
    if len(operation) > MOST or not _METHOD.fullmatch(method) or not path.startswith("/"):
        raise ValueError("must be a method and a path, like POST /pages/{id}, GET /pages/** or * /")
    found: list[str] = []
    parts = path[1:].split("/") if path != "/" else []
    for place, part in enumerate(parts):
        if part == "**" and place == len(parts) - 1:
            return re.compile(_start(method) + "".join(found) + "(?:/.*)?", _FLAGS)
        if _PARAMETER.fullmatch(part):
            found.append("/[0-9]+" if part == NUMBER else "/[^/]+")
        elif _LITERAL.fullmatch(part):
            found.append("/" + re.escape(part))
        else:
            raise ValueError("a segment of the path must be plain text, {name}, or ** at the end")
    return re.compile(_start(method) + "".join(found) + "/?", _FLAGS)


def _start(method: str) -> str:
    return "[A-Z]+ " if method == "*" else f"{method} "


def matches(operation: str, method: str, path: str, base: str = "") -> bool:
    """Whether a request is one of ``operation``, however its path is spelled.

    The operation may be written with ``base``, the path of the API's base address, or without.
    """
    wanted = pattern(operation)
    return any(
        wanted.fullmatch(f"{method} /{_decoded(one).strip('/')}".rstrip("/"))
        for one in ((path, base + path) if base else (path,))
    )


def _decoded(path: str) -> str:
    for _ in range(3):
        path, before = unquote(path, errors="replace"), path
        if path == before:
            break
    return path


_VERBS = {
    "GET": "Read",
    "HEAD": "Look at",
    "POST": "Send to",
    "PUT": "Replace",
    "PATCH": "Change",
    "DELETE": "Delete",
}


def words_of(operation: str, connector: str, tool: str | None = None) -> str:
    """Return what a call did in words for people.

    With ``tool`` they are those of its name: ``Search pages`` for ``notion_search_pages``. Without
    one they are those of the method and the path: ``Read pages/…/children``.
    """
    if tool:
        own = tool.removeprefix(f"{connector.partition('--')[0].replace('-', '_')}_")
        words = re.sub("[_.]+", " ", own).strip() or tool
        return words[0].upper() + words[1:]
    method, _, path = operation.partition(" ")
    parts = [
        "…" if _PARAMETER.fullmatch(part) else part
        for part in path.split("/")
        if part and not _VERSION.fullmatch(part)
    ]
    return f"{_VERBS.get(method, method)} {'/'.join(parts) or 'the API'}"
