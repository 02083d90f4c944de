"""Whom a limit by address is counted for (security F6).

Anybody can write ``X-Forwarded-For``; each proxy adds the address of whom it was called by at its
right end. So only as many entries from the right are believed as there are proxies of one's own.
"""

from __future__ import annotations

import ipaddress
import re

from starlette.requests import Request

_WITH_PORT = re.compile(r"([0-9.]+|\[[^\[\]]+\])(:[0-9]{1,5})?")
_NOBODY = "unknown"


def client_address(request: Request, hops: int) -> str:
    """The address that the request came from, through so many proxies of one's own.

    IPv6 is counted by its /64: one machine has all of that.
    """
    peer = request.client.host if request.client else _NOBODY
    if hops > 0:
        # Several headers are one list, in their order (RFC 9110, section 5.3).
        entries = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
        if len(entries) >= hops:
            return network_of(entries[-hops]) or network_of(peer) or peer
    return network_of(peer) or peer


def network_of(text: str) -> str | None:
    """An address as it is counted, without its port; ``None`` if the text is none."""
    text = text.strip()
    if match := _WITH_PORT.fullmatch(text):
        text = match[1].strip("[]")
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return str(address)
