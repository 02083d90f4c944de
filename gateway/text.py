"""Text of others, made safe to show: on one line, visible, and without power over a terminal."""

from __future__ import annotations

import json
import re
import sys
import unicodedata

MOST_MARKS = 4
"""Combining marks on one character; written languages need fewer."""

_SPACES = re.compile(r"\s+")
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that show as nothing: Hangul fillers and the blank Braille pattern."""


def shows(text: str) -> bool:
    """Whether a reader sees anything of ``text``."""
    return any(c not in _BLANK and unicodedata.category(c)[0] not in "CMZ" for c in text)


def clean_text(text: str, limit: int) -> str:
    """Return ``text`` on one line without control, bidi-override and other invisible characters.

    Category C covers them all: Cc control, Cf format (bidi), Cs surrogates, Co private use, Cn
    unassigned. Of the combining marks (M) on a character, ``MOST_MARKS`` are kept. A text that
    shows as nothing becomes empty.
    """
    text = _SPACES.sub(" ", text)
    if text.isascii() and text.isprintable():
        return text.strip()[:limit]
    kept: list[str] = []
    marks = 0
    for character in text:
        kind = unicodedata.category(character)[0]
        marks = marks + 1 if kind == "M" else 0
        if kind != "C" and marks <= MOST_MARKS:
            kept.append(character)
    cleaned = "".join(kept).strip()[:limit]
    return cleaned if shows(cleaned) else ""


def printable(text: str) -> str:
    """Return ``text`` on one line, with other characters than printable ones as ``\\uXXXX``.

    A terminal obeys control characters; bidi overrides and line breaks can fake a line. The escapes
    are those of JSON, so JSON text keeps its meaning.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


def say(text: str = "", *, error: bool = False) -> None:
    """Print lines for people, without control characters; to standard error if ``error``."""
    for line in text.split("\n"):
        print(printable(line), file=sys.stderr if error else sys.stdout, flush=True)
