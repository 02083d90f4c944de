"""The scopes that agents can have, and what each allows, in a sentence for people."""

from __future__ import annotations

READ = "tools:read"
WRITE = "tools:write"

SENTENCES = {
    READ: "See which tools you can use, and call tools that only read.",
    WRITE: "Call tools that create, change or delete. Your approval rules still hold.",
}
DEFAULT = (READ,)
"""The scopes of a request that names none (RFC 6749 3.3)."""


def known_scopes(scope: str | None) -> tuple[str, ...]:
    """Return the scopes of ours in a ``scope`` parameter, in our order; others are dropped."""
    if scope is None:
        return DEFAULT
    asked = scope.split()
    return tuple(each for each in SENTENCES if each in asked)
