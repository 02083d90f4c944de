"""The time of day, as a function that callers pass in, and as text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the current time in UTC, cut to the milliseconds that MongoDB keeps."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


@lru_cache(maxsize=10_000)  # most times are those of rows, which are shown again and again
def rfc3339(time: datetime) -> str:
    """Return ``time`` as RFC 3339 text in UTC with milliseconds."""
    text = time.isoformat(timespec="milliseconds")
    if not text.endswith("+00:00"):
        text = time.astimezone(UTC).isoformat(timespec="milliseconds")
    return text[:-6] + "Z"
