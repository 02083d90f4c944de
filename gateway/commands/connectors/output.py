"""Output of the connector commands: lines for people, JSON for programs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from typing import Any

from gateway.text import say


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
