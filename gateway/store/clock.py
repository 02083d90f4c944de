"""The database's clock, kept locally: one time for all processes.

Token expiry and leases must not depend on one machine's clock: a clock five minutes ahead would
refresh every token on every read, a clock behind would hand out expired ones (security D8, L4).
The machine's time goes by its monotonic clock. Its own time of day has one use: to tell whether a
jump of the database's clock is a correction or a fault.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from datetime import datetime, timedelta

from gateway.clock import Clock, utc_now
from gateway.errors import StoreUnavailable
from gateway.observe.logs import get_logger
from gateway.store.mongo import Database

_log = get_logger()

SET_EVERY = 60.0  # seconds; meanwhile two machines' clocks drift apart by some milliseconds
JUMP = timedelta(seconds=2)
"""A larger difference from the expected time is a jump: a slow network causes a smaller one."""


class DatabaseClock:
    """A ``Clock`` (UTC, milliseconds). Made by ``read``; the task ``run`` keeps it accurate."""

    _passed: int  # milliseconds since ``_at``, when ``_told`` was made

    def __init__(self, database: Database, now: datetime, at: float, wall: Clock = utc_now) -> None:
        self._database = database
        self._wall = wall
        self._set(now, at)

    @classmethod
    async def read(cls, database: Database, wall: Clock = utc_now) -> DatabaseClock:
        """Return an accurate clock; raise ``StoreUnavailable`` if the database is away.

        ``wall`` is this machine's time of day.
        """
        return cls(database, *await _reading(database), wall)

    def __call__(self) -> datetime:
        """Return the current time, cut to the milliseconds that MongoDB keeps."""
        # Called several times for each token read: computed once in a millisecond.
        passed = int((time.monotonic() - self._at) * 1000)
        if passed != self._passed:
            now = self._now + timedelta(milliseconds=passed)
            self._passed = passed
            self._told = now.replace(microsecond=now.microsecond // 1000 * 1000)
        return self._told

    async def run(self) -> None:
        """Set the clock regularly until cancelled; it keeps running while the database is away."""
        while True:
            await asyncio.sleep(SET_EVERY)
            with contextlib.suppress(StoreUnavailable):
                await self.set()

    def _set(self, now: datetime, at: float) -> None:
        self._now, self._at = now, at
        self._passed, self._told = -1, now

    async def set(self) -> None:
        """Set the clock; raise ``StoreUnavailable`` if the database is away.

        A jump away from this machine's own time is not followed: tokens that are over would be
        handed out again, or good ones refreshed. A jump towards it corrects an earlier fault.
        """
        now, at = await _reading(self._database)
        expected = self._now + timedelta(seconds=at - self._at)
        wall = self._wall()
        if abs(now - expected) > JUMP and abs(now - wall) > abs(expected - wall):
            _log.error("database_clock_jumped", seconds=round((now - expected).total_seconds(), 3))
        else:
            self._set(now, at)


async def _reading(database: Database) -> tuple[datetime, float]:
    """Return the database's time and the matching moment of this machine (monotonic seconds)."""
    before = time.monotonic()
    now = await database.now()
    return now, (before + time.monotonic()) / 2
