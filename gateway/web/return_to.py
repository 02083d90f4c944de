"""The page after a flow: one of the gateway's own (security A14)."""

from __future__ import annotations

import re
from urllib.parse import unquote

DASHBOARD = "/dashboard/connectors"
ORGANISATION = "/dashboard/organisation"
DONE = "/dashboard/done"
"""The last page of a connect flow in a popup window, which it can close."""

# Path characters and a query. No backslash, "@", colon, control or second slash.
_OWN_PAGE = re.compile(
    r"/(?:dashboard|connectors|oauth)(?:/[A-Za-z0-9._~-]+)*(?:\?[A-Za-z0-9._~=&%+-]*)?"
)
_FORBIDDEN = re.compile(r"[\\@\x00-\x20\x7f]|//|:|\.\.")


def own_page(value: str | None) -> str:
    """Return ``value`` if it is a page of the gateway, even decoded twice; else the dashboard."""
    if value is None or not _OWN_PAGE.fullmatch(value):
        return DASHBOARD
    decoded = unquote(unquote(value))
    return DASHBOARD if _FORBIDDEN.search(decoded) else value
