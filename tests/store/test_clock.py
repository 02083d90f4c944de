"""The database's clock: the same for all machines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from gateway.clock import utc_now
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


class Jumping(Database):
    """A database whose clock is off by ``offset``."""

    def __init__(self) -> None:
        super().__init__(None)
        self.offset = timedelta()

    async def now(self) -> datetime:
        return utc_now() + self.offset


MINUTES = timedelta(minutes=10)
SOON = timedelta(seconds=1)


@pytest.mark.requirement("D8")
@pytest.mark.parametrize("jump", [MINUTES, -MINUTES])
async def test_clock_does_not_follow_a_jump_of_the_database(jump: timedelta) -> None:
    """Tokens that are over stay over, and good ones are not refreshed."""
    database = Jumping()
    clock = await DatabaseClock.read(database)
    database.offset = jump

    with capture_logs() as logged:
        await clock.set()

    assert abs(clock() - utc_now()) < SOON
    (line,) = [line for line in logged if line["event"] == "database_clock_jumped"]
    assert abs(line["seconds"] - jump.total_seconds()) < 1
    database.offset = timedelta()
    with capture_logs() as logged:
        await clock.set()
    assert logged == []


@pytest.mark.requirement("D8", "L4")
@pytest.mark.parametrize("machine", [timedelta(), timedelta(minutes=4), timedelta(minutes=-4)])
@pytest.mark.parametrize("jump", [MINUTES, -MINUTES])
async def test_clock_follows_the_correction_of_a_wrong_database(
    jump: timedelta, machine: timedelta
) -> None:
    """A process that started meanwhile has the wrong time, and takes the right one.

    ``machine`` is how far off its own clock is.
    """
    database = Jumping()
    database.offset = jump
    clock = await DatabaseClock.read(database, lambda: utc_now() + machine)
    assert abs(clock() - utc_now() - jump) < SOON
    database.offset = timedelta()

    await clock.set()

    assert abs(clock() - utc_now()) < SOON


@pytest.mark.requirement("D8")
async def test_clock_follows_a_drift() -> None:
    """A small difference is the drift of two machines, in any direction."""
    database = Jumping()
    clock = await DatabaseClock.read(database)
    database.offset = timedelta(seconds=1.5)

    await clock.set()

    assert clock() - utc_now() > SOON
