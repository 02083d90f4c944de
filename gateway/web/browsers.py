"""Checks of a browser's headers: host, origin, prefetch, and the wanted form of the answer."""

from __future__ import annotations

from starlette.requests import Request

from gateway.errors import Forbidden, WrongHost
from gateway.web.state import services


def check_host(request: Request) -> None:
    """Raise ``WrongHost`` unless the browser used the configured host name (security A13).

    Cookies and redirect URIs belong to one origin; under another name the flow cannot work.
    """
    public_url = services(request).settings.public_url
    if request.headers.get("host") != public_url.partition("://")[2]:
        raise WrongHost(f"Open it at {public_url}")


def check_origin(request: Request) -> None:
    """Raise ``Forbidden`` unless the request came from a page of the gateway (security A6, G2)."""
    check_host(request)
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site not in {None, "same-origin"} or origin != services(request).settings.public_url:
        raise Forbidden("this request did not come from the gateway's own page")


def is_prefetch(request: Request) -> bool:
    """Whether a browser only fetches ahead: such a request must use up nothing (security A8)."""
    purposes = (request.headers.get(name, "") for name in ("sec-purpose", "purpose", "x-moz"))
    return request.method == "HEAD" or any("prefetch" in purpose for purpose in purposes)


def wants_page(request: Request) -> bool:
    """Whether the caller is a browser that shows the answer to a person."""
    return "text/html" in request.headers.get("accept", "")


def came_through_a_proxy(request: Request) -> bool:
    """Return whether a header names a proxy, although the settings announce none."""
    hops = services(request).settings.proxy_hops
    return hops == 0 and any(name in request.headers for name in ("x-forwarded-for", "forwarded"))
