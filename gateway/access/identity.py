"""Tenants and users: who signed in, and what a user id may look like."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_TENANT = "default"
MAX_USER = 255
"""Characters of a user id."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """A person who has signed in. ``admin``: the login says that they administer the tenant."""

    tenant: str
    user: str
    admin: bool = False


def is_user_id(value: str) -> bool:
    """Whether ``value`` can be a user id: opaque, 1 to 255 printable characters."""
    return 0 < len(value) <= MAX_USER and value.isprintable()
