"""The page after a flow: one of the gateway's own, or of an allowed origin (security A14)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from urllib.parse import unquote, unquote_plus, urlencode

from gateway.engine.integration_names import is_integration, slug_of

DASHBOARD = "/dashboard/connectors"
ORGANISATION = "/dashboard/organisation"
INTEGRATIONS = "/dashboard/integrations"
DONE = "/dashboard/done"
"""The last page of a connect flow in a popup window, which it can close."""
RETURN_TO = "return_to"
"""The parameter of a connect link with the page after the flow."""
MAX_RETURN_TO = 2000

# Path characters and a query. No backslash, "@", colon, control or second slash.
_OWN_PAGE = re.compile(
    r"/(?:dashboard|connectors|oauth)(?:/[A-Za-z0-9._~-]+)*(?:\?[A-Za-z0-9._~=&%+-]*)?"
)
_FORBIDDEN = re.compile(r"[\\@\x00-\x20\x7f]|//|:|\.\.")

# What follows the origin: nothing, or a path and a query (RFC 3986), without a fragment.
_AFTER_ORIGIN = re.compile(
    r"(?:/[A-Za-z0-9._~!$&'()*+,;=:@/%-]*(?:\?[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*)?)?"
)
_FORBIDDEN_AFTER_ORIGIN = re.compile(r"[\\\x00-\x1f\x7f-\x9f]")


def own_page(value: str | None, origins: Collection[str] = ()) -> str:
    """Return ``value`` if it is a page of the gateway, even decoded twice; else the dashboard.

    A connect page may itself have a ``return_to`` of one of the ``origins``.
    """
    if value is None or not _OWN_PAGE.fullmatch(value):
        return DASHBOARD
    path, _, query = value.partition("?")
    if path.startswith("/connectors/"):
        query = "&".join(each for each in query.split("&") if not _leads_out(each, origins))
    decoded = unquote(unquote(f"{path}?{query}"))
    return DASHBOARD if _FORBIDDEN.search(decoded) else value


def asked_page(value: str | None, origins: Collection[str]) -> str | None:
    """Return ``value`` if a flow may end there: at a page of the gateway or of an application.

    Otherwise ``None``.
    """
    if is_application(value, origins) or (value and own_page(value) == value):
        return value
    return None


def flow_page(value: str | None, origins: Collection[str]) -> str:
    """Return ``value`` if a flow may end there, else the dashboard."""
    return asked_page(value, origins) or DASHBOARD


def is_application(value: str | None, origins: Collection[str]) -> bool:
    """Whether ``value`` is a page of an application, at one of the ``origins``.

    The origin is compared as text and "/" or the end follows. So the value is never taken apart,
    and no parser can find another host in it than a browser does.
    """
    if value is None or len(value) > MAX_RETURN_TO:
        return False
    return any(
        value.startswith(origin) and _is_page(value.removeprefix(origin)) for origin in origins
    )


def page_after(query: Mapping[str, str], home: str, origins: Collection[str]) -> str:
    """Return where a flow ends that begins on the connect page with this ``query``."""
    asked = asked_page(query.get(RETURN_TO), origins)
    return asked or (DONE if query.get("display") == "popup" else home)


def with_query(page: str, query: Mapping[str, str]) -> str:
    """Return ``page`` with members added to its query."""
    if not query:
        return page
    return f"{page}{'&' if '?' in page else '?'}{urlencode(query)}"


def home_of(connector: str, *, of_org: bool, admin: bool) -> str:
    """Return the page that shows a person the connections of a connector."""
    if admin and is_integration(connector):
        return f"{INTEGRATIONS}/{slug_of(connector)}"
    return ORGANISATION if of_org else DASHBOARD


def _leads_out(member: str, origins: Collection[str]) -> bool:
    name, _, value = member.partition("=")
    return name == RETURN_TO and is_application(unquote_plus(value), origins)


def _is_page(after_origin: str) -> bool:
    if not _AFTER_ORIGIN.fullmatch(after_origin):
        return False
    return not _FORBIDDEN_AFTER_ORIGIN.search(unquote(unquote(after_origin)))
