"""Base64 for URLs and headers, without padding (RFC 4648 5)."""

from __future__ import annotations

import base64


def base64url(content: bytes) -> str:
    """Return ``content`` as text."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def from_base64url(text: str) -> bytes:
    """Return the bytes of ``text``; raise ``ValueError`` for other characters or lengths."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
