"""The database's clock jumps by ten minutes, both ways and under load."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.faults.fleet import FULL, STRICT, Fleet, running_fleet
from tests.faults.load import LIFE_SECONDS, Load
from tests.support.waiting import until

MINUTES = 600.0
JUMPS = [MINUTES, 0.0, -MINUTES, 0.0] * (10 if FULL else 1)
PAUSE_SECONDS = 0.4
"""How long each refresh is under way, so that a jump meets some."""
USERS = ("alice", "ben", "chloe", "dana")
CALLERS = 3


async def generations(fleet: Fleet) -> list[int]:
    """Return how often the tokens of each user were stored."""
    return [(await fleet.row(user, STRICT))["generation"] for user in USERS]


async def after_a_jump(fleet: Fleet, seconds: float) -> None:
    """Wait until each process has seen the clock off twice, and each user has new tokens."""
    old, looks = await generations(fleet), jumps_seen(fleet)

    async def all_met_it() -> bool:
        pairs = zip(await generations(fleet), old, strict=True)
        if not all(new > before for new, before in pairs):
            return False
        seen = zip(jumps_seen(fleet), looks, strict=True)
        return not seconds or all(now >= before + 2 for now, before in seen)

    await until(all_met_it)


def jumps_seen(fleet: Fleet) -> list[int]:
    """Return how often each process has found the database's clock off."""
    return [gateway.log.read_text().count('"database_clock_jumped"') for gateway in fleet.gateways]


@pytest.mark.requirement("D1", "D8")
async def test_no_jump_of_the_databases_clock_uses_a_refresh_token_twice(
    tmp_path: Path, mongodb_url: str
) -> None:
    """A caller gets no token that is over, and a living holder keeps its lease."""
    async with running_fleet(
        tmp_path, mongodb_url, clocks=[0.0] * 3, lease=5, pause=PAUSE_SECONDS
    ) as fleet:
        fleet.sandbox.token_life(STRICT, LIFE_SECONDS)
        for user in USERS:
            await fleet.connect(user, STRICT)
        before = await generations(fleet)
        mark, over = fleet.sandbox.mark(), asyncio.Event()
        loads = [Load(user) for user in USERS]
        async with asyncio.TaskGroup() as group:
            for load in loads:  # each fails if a token is handed out that is over
                group.create_task(load.run_until(fleet, over, callers=CALLERS))
            for jump in JUMPS:
                fleet.jump(jump)
                await after_a_jump(fleet, jump)
            over.set()

        rows = [await fleet.row(user, STRICT) for user in USERS]
        assert {row["status"] for row in rows} == {"active"}
        refreshes = fleet.refreshes(STRICT, mark)
        assert set(refreshes) == {"issued"}
        assert len(refreshes) == sum(row["generation"] for row in rows) - sum(before)
