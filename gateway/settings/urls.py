"""The form of URLs in settings, and the names of this machine."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_ORIGIN = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_LABEL}(\.{_LABEL})*|\[[0-9a-f:.]+\])(:(?P<port>[1-9][0-9]{{0,4}}))?"
)
_DEFAULT_PORTS = {"https": "443", "http": "80"}


def check_url(value: str) -> str:
    """Return ``value``, empty or an https URL without user name and fragment.

    Plain http is for ``LOOPBACK`` alone. Raises ``ValueError``.
    """
    if not value:
        return value
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - reading it raises for a port that is out of range
    except ValueError:
        raise ValueError("must be an https address") from None
    plain = value.isascii() and value.isprintable() and " " not in value
    if not plain or not parts.hostname or "@" in parts.netloc or "#" in value:
        raise ValueError("must be an https address without user name and fragment")
    local = parts.scheme == "http" and parts.hostname in LOOPBACK
    if parts.scheme != "https" and not local:
        raise ValueError("must be https (plain http is for localhost only)")
    return value


def read_origins(value: str) -> frozenset[str]:
    """Return the origins of a list with commas, each as a browser writes it.

    Plain http is for ``LOOPBACK`` alone. Raises ``ValueError`` that counts the entries.
    """
    origins = [part.strip() for part in value.split(",") if part.strip()]
    for number, origin in enumerate(origins, 1):
        match = _ORIGIN.fullmatch(origin)
        if match is None or int(match["port"] or 0) > 65535:
            raise ValueError(
                f"entry {number} is not an origin like https://app.example.com: scheme, host in "
                "lower case, and a port if it has one"
            )
        if match["port"] == _DEFAULT_PORTS[match["scheme"]]:
            raise ValueError(f"entry {number} must leave out its port, which is the default")
        if match["scheme"] == "http" and match["host"].strip("[]") not in LOOPBACK:
            raise ValueError(f"entry {number} must be https (plain http is for localhost only)")
    return frozenset(origins)
