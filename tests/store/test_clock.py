"""The database's clock: the same for all machines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.store.clock import DatabaseClock
from gateway.store.mongo import Database


@pytest.mark.requirement("D8", "L4")
async def test_clock_tells_the_databases_time_in_milliseconds(database: Database) -> None:
    clock = await DatabaseClock.read(database)
    before = await database.now()
    now = clock()
    after = await database.now()
    a_moment = timedelta(milliseconds=50)  # the way to the database and back
    assert before - a_moment <= now <= after + a_moment
    assert (now.tzinfo, now.microsecond % 1000) == (UTC, 0)


@pytest.mark.requirement("L4")
async def test_clock_continues_from_the_databases_time() -> None:
    """The machine's own time of day is not in it."""

    class Elsewhere(Database):
        async def now(self) -> datetime:
            return datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)

    clock = await DatabaseClock.read(Elsewhere(None))
    first = clock()
    assert timedelta() <= first - datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC) < timedelta(seconds=5)
    assert clock() >= first
