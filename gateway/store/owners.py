"""Owners of connections, as they are stored: ``user:<id>``."""

from __future__ import annotations

_USER = "user:"


def owner_of(user: str) -> str:
    """Return the owner of a user's connections."""
    return _USER + user


def user_of(owner: str) -> str:
    """Return the user id in ``owner``."""
    return owner.removeprefix(_USER)
