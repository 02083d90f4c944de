"""What the answer of a provider says it used: JSON, or the events of a stream."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

MOST_ANSWER = 1024 * 1024
"""The longest answer that is read for its units, in bytes."""
MOST_UNITS = 10**12
"""A larger count in an answer is not believed."""


def documents_of(answer: bytes | None, inside: Sequence[str]) -> list[Any]:
    """Return the JSON of an answer: one document, or those of an event stream, the last first."""
    if answer is None or len(answer) > MOST_ANSWER:
        return []
    found: list[Any] = []
    try:
        return [json.loads(answer)]
    except (ValueError, RecursionError):
        pass
    for line in answer.splitlines():
        if line.startswith(b"data:"):
            try:
                event = json.loads(line[5:])
            except (ValueError, RecursionError):
                continue  # "[DONE]", and what was cut off
            found += [event, *(_member(event, name) for name in inside)]
    return found[::-1]


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


def matches_in(documents: Sequence[Any], place: str, wanted: Sequence[str]) -> bool:
    """Whether the text at ``place`` matches one of the patterns."""
    value = first_of(documents, (place,))
    return isinstance(value, str) and any(fnmatchcase(value, one) for one in wanted)


def number_of(value: Any, optional: bool) -> int | None:
    """Return a count, ``None`` for what is none; a missing one is 0 if it is ``optional``."""
    if value is None:
        return 0 if optional else None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 13:
        value = int(value)
    if isinstance(value, list):
        value = len(value)
    is_count = isinstance(value, int) and not isinstance(value, bool)
    return value if is_count and 0 <= value <= MOST_UNITS else None


def first_of(documents: Sequence[Any], places: Sequence[str]) -> Any:
    """Return what stands at the first of ``places`` in the first document that has one."""
    for document in documents:
        for place in places:
            value = document
            for name in place.removesuffix("[]").split("."):
                value = _member(value, name)
            if value is not None and (not place.endswith("[]") or isinstance(value, list)):
                return value
    return None
