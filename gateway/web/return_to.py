"""Where a person goes after a flow: a page of our own, or the dashboard (security A14)."""

from __future__ import annotations

import re
from urllib.parse import unquote

DASHBOARD = "/dashboard/connectors"

# What may follow: path characters and a query. No backslash, "@", colon, control or second slash.
_OWN_PAGE = re.compile(
    r"/(?:dashboard|connectors)(?:/[A-Za-z0-9._~-]+)*(?:\?[A-Za-z0-9._~=&%+-]*)?"
)
_FORBIDDEN = re.compile(r"[\\@\x00-\x20\x7f]|//|:|\.\.")


def own_page(value: str | None) -> str:
    """``value`` if it is a page of ours, even after decoding it twice; else the dashboard."""
    if value is None or not _OWN_PAGE.fullmatch(value):
        return DASHBOARD
    decoded = unquote(unquote(value))
    return DASHBOARD if _FORBIDDEN.search(decoded) else value
