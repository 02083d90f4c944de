"""The client address that rate limits count (security F6).

Any client can send ``X-Forwarded-For``; each proxy appends the address of its caller. So only as
many entries from the right are trusted as there are proxies in front of the gateway.
"""

from __future__ import annotations

import ipaddress
import re

from starlette.requests import Request

_WITH_PORT = re.compile(r"([0-9.]+|\[[^\[\]]+\])(:[0-9]{1,5})?")
_UNKNOWN = "unknown"


def client_address(request: Request, hops: int) -> str:
    """Return the address that the request came from, through ``hops`` trusted proxies.

    IPv6 addresses count by their /64, which one machine controls.
    """
    peer = request.client.host if request.client else _UNKNOWN
    if hops > 0:
        # Several headers are one list, in their order (RFC 9110, section 5.3).
        entries = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
        if len(entries) >= hops:
            return network_of(entries[-hops]) or network_of(peer) or peer
    return network_of(peer) or peer


def network_of(text: str) -> str | None:
    """Return the address to count, without its port; ``None`` for any other text."""
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
