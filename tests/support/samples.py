"""Documented answers, bent by one field, and what was read in them in one glance."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.context import Tokens


def without(answer: Mapping[str, Any], path: str) -> dict[str, Any]:
    """``answer`` without the member at a dot path, which must be there."""
    first, _, rest = path.partition(".")
    changed = dict(answer)
    if rest:
        changed[first] = without(changed[first], rest)
    else:
        del changed[first]
    return changed


def read(tokens: Tokens, now: datetime) -> tuple[str, str | None, int | None, tuple[str, ...]]:
    """Access token, refresh token, seconds to live from ``now``, scopes."""
    seconds = None if tokens.expires_at is None else (tokens.expires_at - now).total_seconds()
    return (
        tokens.access_token.reveal(),
        tokens.refresh_token.reveal() if tokens.refresh_token else None,
        None if seconds is None else int(seconds),
        tokens.scopes,
    )
