"""RFC 8785: one way to write a JSON value, so that equal values have equal digests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import rfc8785


def canonical_json(value: Any) -> bytes:
    """Return ``value`` as canonical JSON. Raises ``ValueError`` for what JSON does not have."""
    return rfc8785.dumps(plain(value))


def plain(value: Any) -> Any:
    """Return ``value`` with read-only mappings and tuples as dictionaries and lists."""
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value
