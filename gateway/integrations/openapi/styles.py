"""How OpenAPI writes values into paths, queries and headers: the styles of RFC 6570. No I/O."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote

from connectors.tool_context import ToolFailed

Pairs = Iterator[tuple[str, str]]
MAX_VALUES = 1_000
"""Values of one argument."""
_DELIMITERS = {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|", "simple": ","}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def in_path(value: Any, *, name: str, style: str, explode: bool) -> str:
    """Return a value as part of a path, quoted. Raises ``ToolFailed``.

    A value that is empty, or a name of the folder or the one above, would make the path one of
    another operation; it is refused, and so is one with a slash, in any spelling.
    """
    if style == "label":
        return "." + _joined(value, "." if explode else ",", "=" if explode else ",", _segment)
    if style == "matrix":
        return _matrix(value, name, explode)
    return _joined(value, ",", "=" if explode else ",", _segment)


def _matrix(value: Any, name: str, explode: bool) -> str:
    quoted = quote(name, safe="")
    if explode and isinstance(value, list):
        return "".join(f";{quoted}={_segment(each)}" for each in _some(value))
    if explode and isinstance(value, Mapping):
        return "".join(
            f";{quote(key, safe='')}={_segment(each)}" for key, each in _some(value).items()
        )
    return f";{quoted}={_joined(value, ',', ',', _segment)}"


def in_query(value: Any, *, name: str, style: str, explode: bool) -> Pairs:
    """Yield a value as pairs of a query or a form, not quoted. Raises ``ToolFailed``.

    An empty list and an object without members are left out.
    """
    if style == "deepObject":
        yield from _deep(name, value, levels=5)
    elif isinstance(value, list):
        if explode:
            yield from ((name, text(each)) for each in _some(value, empty=True))
        elif value:
            yield name, _joined(value, _DELIMITERS[style], "", text)
    elif isinstance(value, Mapping):
        if explode:
            yield from ((key, text(each)) for key, each in _some(value, empty=True).items())
        elif value:
            delimiter = _DELIMITERS[style]
            yield name, _joined(value, delimiter, delimiter, text)
    else:
        yield name, text(value)


def in_header(value: Any, *, explode: bool) -> str:
    """Return a value as that of a header. Raises ``ToolFailed``."""
    made = _joined(value, ",", "=" if explode else ",", text)
    if _CONTROL.search(made) or not made.isascii():
        raise ToolFailed("argument_refused", "a header has characters that none may have")
    return made


def text(value: Any) -> str:
    """Return a plain value as text. Raises ``ToolFailed`` for a list or an object."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    raise ToolFailed("argument_refused", "a list or an object stands where only text can")


def _joined(value: Any, delimiter: str, equals: str, write: Callable[[Any], str]) -> str:
    if isinstance(value, list):
        return delimiter.join(_part(each, delimiter, write) for each in _some(value))
    if isinstance(value, Mapping):
        return delimiter.join(
            f"{_part(key, delimiter + equals, write)}{equals}{_part(each, delimiter, write)}"
            for key, each in _some(value).items()
        )
    return write(value)


def _part(value: Any, delimiters: str, write: Callable[[Any], str]) -> str:
    """Return one of several values; a delimiter in it would make it two."""
    made = write(value)
    if any(each in text(value) for each in delimiters):
        raise ToolFailed("argument_refused", "a value has the character that separates values")
    return made


def _segment(value: Any) -> str:
    said = text(value)
    read = said
    for _ in range(3):
        if not read.strip(". ") or "/" in read or "\\" in read or _CONTROL.search(read):
            raise ToolFailed(
                "argument_refused",
                "a value in a path is empty, only dots, or has a slash or a control character",
            )
        read = unquote(read)
    return quote(said, safe="", errors="surrogatepass") if _is_text(said) else _not_text()


def _is_text(said: str) -> bool:
    return not any("\ud800" <= each <= "\udfff" for each in said)


def _not_text() -> str:
    raise ToolFailed("argument_refused", "a value in a path has half of a character")


def _deep(name: str, value: Any, levels: int) -> Pairs:
    if isinstance(value, list | Mapping):
        if not levels:
            raise ToolFailed("argument_refused", "an object in the query is too deep")
        some = _some(value, empty=True)
        listed = some.items() if isinstance(some, Mapping) else enumerate(some)
        for key, each in listed:
            yield from _deep(f"{name}[{key}]", each, levels - 1)
    else:
        yield name, text(value)


def _some(value: Any, *, empty: bool = False) -> Any:
    if len(value) > MAX_VALUES or not (value or empty):
        raise ToolFailed("argument_refused", f"a list or an object has 1 to {MAX_VALUES} members")
    return value
