"""What changed in the definition of a tool, as lines that a person reads before accepting it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice
from typing import Any, Literal

from gateway.engine.integration import Definition
from gateway.text import printable

MOST_COMPARED = 2_000
"""Lines of one part that are compared; what follows is compared as a whole."""
MOST_SHOWN = 200
"""Lines of one part that are shown."""
_CONTEXT = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A line that stays, goes or comes; ``gap`` stands for lines that are left out."""

    kind: Literal["same", "old", "new", "gap"]
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a definition that changed."""

    title: str
    lines: tuple[Line, ...]


def changed_parts(before: Definition, now: Definition) -> list[Part]:
    """Return each part of a definition that is different now, with its lines."""
    pairs = (
        ("Name", before.name, now.name),
        ("Description", before.description, now.description),
        ("Effect", before.effect, now.effect),
        ("Arguments", _json(before.input_schema), _json(now.input_schema)),
        ("Result", _json(before.output_schema), _json(now.output_schema)),
        ("Request", _json(before.call), _json(now.call)),
        ("Permissions", "\n".join(before.scopes), "\n".join(now.scopes)),
    )
    return [Part(title, _lines(old, new)) for title, old, new in pairs if old != new]


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)


def _lines(old: str, new: str) -> tuple[Line, ...]:
    found = list(islice(_compared(_seen(old), _seen(new)), MOST_SHOWN + 1))
    if len(found) > MOST_SHOWN:
        return (*found[:MOST_SHOWN], Line("gap", "The rest is not shown."))
    return tuple(found)


def _seen(text: str) -> list[str]:
    """Return the lines; a character that cannot be seen is written as its code.

    Otherwise two texts could look the same and differ, or run from right to left.
    """
    lines = text.split("\n")
    rest = "\n".join(lines[MOST_COMPARED:])
    return [printable(line) for line in (*lines[:MOST_COMPARED], *([rest] if rest else ()))]


def _compared(before: Sequence[str], now: Sequence[str]) -> Iterator[Line]:
    end = 0
    for group in SequenceMatcher(None, before, now).get_grouped_opcodes(_CONTEXT):
        if group[0][1] > end:
            yield Line("gap", f"{group[0][1] - end} lines are the same.")
        for tag, first, last, new_first, new_last in group:
            if tag == "equal":
                yield from (Line("same", text) for text in before[first:last])
            else:
                yield from (Line("old", text) for text in before[first:last])
                yield from (Line("new", text) for text in now[new_first:new_last])
        end = group[-1][2]
    if len(before) > end:
        yield Line("gap", f"{len(before) - end} lines are the same.")
