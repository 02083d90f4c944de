"""A clock that tests move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.clock import utc_now


@dataclass
class FakeClock:
    """The real time, in UTC, plus ``offset``."""

    offset: timedelta = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.offset

    def advance(self, **duration: float) -> None:
        """Let time pass for everything that reads this clock: ``advance(seconds=5)``."""
        self.offset += timedelta(**duration)
