"""The database's clock, read without asking it each time: one time for all processes.

When a token is over and when a lease ends must not depend on whose machine looks: a clock that is
five minutes ahead would renew every token on every read, one that is behind would hand out dead
ones (security D8, L4). The machine's own clock is not asked at all, only how much time has passed.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from datetime import datetime, timedelta

from gateway.errors import StoreUnavailable
from gateway.store.mongo import Database

SET_EVERY = 60.0  # seconds; two machines' clocks drift apart by some milliseconds meanwhile


class DatabaseClock:
    """A ``Clock`` (UTC, milliseconds). ``run`` is a task that keeps it right. Made by ``read``."""

    _passed: int  # milliseconds since ``_at``, when ``_told`` was made

    def __init__(self, database: Database, now: datetime, at: float) -> None:
        self._database = database
        self._set(now, at)

    @classmethod
    async def read(cls, database: Database) -> DatabaseClock:
        """A clock that is right; raises ``StoreUnavailable``."""
        return cls(database, *await _reading(database))

    def __call__(self) -> datetime:
        """Now, cut to the milliseconds that MongoDB keeps."""
        # Asked several times for each token read: made anew once in a millisecond.
        passed = int((time.monotonic() - self._at) * 1000)
        if passed != self._passed:
            now = self._now + timedelta(milliseconds=passed)
            self._passed = passed
            self._told = now.replace(microsecond=now.microsecond // 1000 * 1000)
        return self._told

    async def run(self) -> None:
        """Set it again and again until cancelled; while the database is away, it goes on by itself."""
        while True:
            await asyncio.sleep(SET_EVERY)
            with contextlib.suppress(StoreUnavailable):
                await self.set()

    def _set(self, now: datetime, at: float) -> None:
        self._now, self._at = now, at
        self._passed, self._told = -1, now

    async def set(self) -> None:
        """Set it right; raises ``StoreUnavailable``."""
        self._set(*await _reading(self._database))


async def _reading(database: Database) -> tuple[datetime, float]:
    """The database's time, and the moment of this machine (monotonic seconds) that it belongs to."""
    before = time.monotonic()
    now = await database.now()
    return now, (before + time.monotonic()) / 2
