"""Secrets with one wrong character."""

from __future__ import annotations


def altered(secret: str) -> str:
    """Return ``secret`` with another character in its middle.

    Not at its end: only some bits of the last character of base64 count, so that another character
    can stand for the same bytes.
    """
    middle = len(secret) // 2
    other = "0" if secret[middle] != "0" else "1"
    return secret[:middle] + other + secret[middle + 1 :]
