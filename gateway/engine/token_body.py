"""The body of a token endpoint's answer: one object, however it is written.

RFC 6749 asks for JSON in UTF-8. Providers also send other charsets and content types, numbers that
no computer holds, members that are repeated, and forms (GitHub). None of that may cost a grant, so
this reader is lenient where ``strict_json`` is strict: an unclear member is ``None``.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from gateway.engine.request import OutboundResponse
from gateway.errors import UnreadableResponse

_MAX_DIGITS = 1000  # reading a longer integer takes quadratic time, and Python refuses it
_MAX_FORM_MEMBERS = 200

_CHARSET = re.compile(
    r"charset\s*=\s*[\"']?(iso-?8859-\d{1,2}|latin-?1|windows-125\d|cp125\d|us-ascii|koi8-[ru]"
    r"|shift[_-]?jis|euc-(?:jp|kr)|gb(?:k|2312|18030)|big5)\b",
    re.IGNORECASE,
)
_FORM = re.compile(r"[\w.~%+-]+=[^\s&<>{}\"]*(?:&[\w.~%+-]+=[^\s&<>{}\"]*)*", re.ASCII)


def read_token_body(answer: OutboundResponse) -> tuple[dict[str, Any], frozenset[str]]:
    """Read the one object in ``answer``, under any content type, and name its unclear members.

    Unclear members are ``None``: those repeated with different values, and numbers that are too
    large or that JSON does not have (``NaN``). Raises ``UnreadableResponse`` if the body is neither
    one JSON object nor a form.
    """
    text, reader = _decode(answer), _Reader()
    try:
        value = reader.json(text)
    except (ValueError, RecursionError):
        value = reader.form(text)
    if not isinstance(value, dict):
        raise UnreadableResponse("the answer is not a JSON object")
    return value, frozenset(reader.unclear)


def _decode(answer: OutboundResponse) -> str:
    """Decode as Unicode, the declared charset or Latin-1. ASCII tokens are the same in each."""
    declared = _CHARSET.search(answer.headers.get("content-type", ""))
    for charset in (json.detect_encoding(answer.content), declared[1] if declared else "ascii"):
        try:
            return answer.content.decode(charset).removeprefix("\ufeff")
        except (UnicodeError, LookupError):
            continue
    return answer.content.decode("latin-1")


class _Reader:
    """Reads one text, and collects the names of members without a clear meaning."""

    def __init__(self) -> None:
        self.unclear: set[str] = set()

    def json(self, text: str) -> Any:
        return json.loads(
            text,
            strict=False,  # line breaks inside texts
            object_pairs_hook=self._object,
            parse_constant=_odd_number,
            parse_float=_float,
            parse_int=_integer,
        )

    def form(self, text: str) -> dict[str, Any] | None:
        """Read a form that holds a token or an error; ``None`` for any other text."""
        text = text.strip()
        if not _FORM.fullmatch(text):
            return None
        try:
            pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MAX_FORM_MEMBERS)
        except ValueError:
            return None
        found = self._object(pairs)
        return found if {"access_token", "error"} & found.keys() else None

    def _object(self, pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        unclear = set()
        for name, value in pairs:
            if value is _ODD or (name in found and found[name] != value):
                unclear.add(name)
            found[name] = _plain(value)
        self.unclear |= unclear
        return found | dict.fromkeys(unclear)


_ODD = object()
"""Stands for a number that cannot be read, until its object is complete."""


def _odd_number(text: str) -> object:
    return _ODD


def _float(text: str) -> object:
    value = float(text)
    return value if math.isfinite(value) else _ODD


def _integer(text: str) -> object:
    return int(text) if len(text) <= _MAX_DIGITS else _ODD


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return None if value is _ODD else value
