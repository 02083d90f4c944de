"""What commands print: tables and lines for people, JSON for programs."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from gateway.text import printable, say


def add_json_option(parser: argparse.ArgumentParser) -> None:
    """Let a command print JSON instead of what people read."""
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")


def print_lines(lines: Iterable[str]) -> int:
    """Print each line when it is there; returns the exit code 0."""
    try:
        for line in lines:
            say(line)
    except BrokenPipeError:
        # "… | head" has read enough. Python's own flush at exit must not fail on the same pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def print_json(data: Any) -> int:
    """Print ``data`` as JSON; returns the exit code 0."""
    return print_lines([json.dumps(data, indent=2, ensure_ascii=False)])


def print_table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Print rows in columns; returns the exit code 0.

    The titles go to standard error: what is piped on holds rows alone. A table without rows prints
    nothing.
    """
    heading, *lines = _table(titles, rows)
    if lines:
        say(heading, error=True)
    return print_lines(lines)


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    # A cell may hold text of others. Escaped first, it is as wide as it looks.
    shown = [[title.upper() for title in titles], *([printable(c) or "-" for c in r] for r in rows)]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        yield "  ".join(c.ljust(width) for c, width in zip(row, widths, strict=True)).rstrip()
