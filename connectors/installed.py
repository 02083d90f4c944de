"""What other installed distributions bring along: their entry points."""

from __future__ import annotations

import importlib.metadata
import sys
from functools import cache


def entry_points(*, group: str) -> importlib.metadata.EntryPoints:
    """The entry points of a group.

    Read once for each ``sys.path``: it takes 10 ms, as the files of every distribution are opened.
    """
    return _read(group, tuple(sys.path))


@cache
def _read(group: str, _path: tuple[str, ...]) -> importlib.metadata.EntryPoints:
    return importlib.metadata.entry_points(group=group)
