"""The form of URLs in settings, and the names of this machine."""

from __future__ import annotations

from urllib.parse import urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


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
