"""The template of a path: what an event keeps of it."""

from __future__ import annotations

import re

MOST = 200
"""The longest template, in characters."""
_WORD = re.compile(r"[A-Za-z][A-Za-z_.:-]{0,39}")
_VERSION = re.compile(r"v[0-9]{1,3}(?:[._]?[a-z0-9]{1,6}){0,2}|[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?")


def template_of(path: str) -> str:
    """Return a path with ``{id}`` for each segment that may be an id, a name or other content.

    Words and versions stay: ``/v1/pages/1a2b/children`` is ``/v1/pages/{id}/children``.
    """
    parts = [
        part if not part or _WORD.fullmatch(part) or _VERSION.fullmatch(part) else "{id}"
        for part in path.strip("/").split("/")
    ]
    return ("/" + "/".join(parts))[:MOST]
