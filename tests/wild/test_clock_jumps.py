"""A clock that jumps hands out no token that is over, and ends no lease early."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.clock import utc_now
from gateway.store.clock import JUMP, DatabaseClock
from tests.store.test_clock import SOON, Jumping

JUMPS = [
    pytest.param(timedelta(hours=-37), id="boxlite-ai/boxlite#788: a host slept"),
    pytest.param(timedelta(minutes=30), id="threefoldtech/zos#2272: ntpd gave up"),
    pytest.param(timedelta(seconds=1000), id="coreos/coreos-overlay#721: a machine was resumed"),
    pytest.param(timedelta(minutes=-5), id="agentruntimecontrolprotocol/swift-sdk#80: a step back"),
]


@pytest.mark.requirement("D8")
@pytest.mark.parametrize("jump", JUMPS)
async def test_jump_of_the_databases_clock_is_not_followed(jump: timedelta) -> None:
    database = Jumping()
    clock = await DatabaseClock.read(database)
    told = [clock()]
    for offset in (jump, jump, timedelta(), jump):
        database.offset = offset
        await clock.set()
        told.append(clock())
        assert abs(told[-1] - utc_now()) < SOON
    assert told == sorted(told)


@pytest.mark.requirement("D8")
@pytest.mark.parametrize("seconds", [-1.5, 1.5])
async def test_correction_in_small_steps_is_followed(seconds: float) -> None:
    """juju/juju#6940: a clock that is set back slowly is no fault."""
    database = Jumping()
    clock = await DatabaseClock.read(database)
    database.offset = timedelta(seconds=seconds)
    assert abs(database.offset) < JUMP
    await clock.set()
    assert abs(clock() - utc_now() - database.offset) < timedelta(milliseconds=200)
