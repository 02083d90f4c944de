"""Owners of connections, as they are stored: ``user:<id>`` or ``org``, everybody of the tenant.

``platform`` is the deployment itself, whose credentials are in no row (``services.platform``).
"""

from __future__ import annotations

from typing import Literal

OwnerKind = Literal["user", "org", "platform"]
ORG: Literal["org"] = "org"
PLATFORM: Literal["platform"] = "platform"
_USER = "user:"


def owner_of(user: str) -> str:
    """Return the owner of a user's connections."""
    return _USER + user


def user_of(owner: str) -> str | None:
    """Return the user id in ``owner``, ``None`` if it is no user."""
    return owner.removeprefix(_USER) if owner.startswith(_USER) else None


def kind_of(owner: str) -> OwnerKind:
    """Return the kind of an owner."""
    return ORG if owner == ORG else PLATFORM if owner == PLATFORM else "user"
