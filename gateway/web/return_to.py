"""The page after a flow: one of the gateway's own (security A14)."""

from __future__ import annotations

import re
from urllib.parse import unquote

from gateway.engine.integration_names import is_integration, slug_of

DASHBOARD = "/dashboard/connectors"
ORGANISATION = "/dashboard/organisation"
INTEGRATIONS = "/dashboard/integrations"
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


def home_of(connector: str, *, of_org: bool, admin: bool) -> str:
    """Return the page that shows a person the connections of a connector."""
    if admin and is_integration(connector):
        return f"{INTEGRATIONS}/{slug_of(connector)}"
    return ORGANISATION if of_org else DASHBOARD
