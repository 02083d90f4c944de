"""The database's clock jumps by ten minutes, both ways and under load."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.faults.fleet import FULL, STRICT, running_fleet
from tests.faults.load import LIFE_SECONDS, Load

MINUTES = 600.0
JUMPS = [MINUTES, 0.0, -MINUTES, 0.0] * (10 if FULL else 1)
APART_SECONDS = 1.3
"""Seconds between two jumps: the processes look at the database's clock twice."""
PAUSE_SECONDS = 0.4
"""How long each refresh is under way, so that a jump meets some."""
USERS = ("alice", "ben", "chloe", "dana")
CALLERS = 3


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
        before = sum([(await fleet.row(user, STRICT))["generation"] for user in USERS])
        mark, over = fleet.sandbox.mark(), asyncio.Event()
        loads = [Load(user) for user in USERS]
        async with asyncio.TaskGroup() as group:
            for load in loads:  # each fails if a token is handed out that is over
                group.create_task(load.run_until(fleet, over, callers=CALLERS))
            for jump in JUMPS:
                fleet.jump(jump)
                await asyncio.sleep(APART_SECONDS)
            over.set()

        rows = [await fleet.row(user, STRICT) for user in USERS]
        assert {row["status"] for row in rows} == {"active"}
        refreshes = fleet.refreshes(STRICT, mark)
        assert set(refreshes) == {"issued"}
        assert len(refreshes) == sum(row["generation"] for row in rows) - before
        assert len(refreshes) >= len(USERS) * len(JUMPS) * APART_SECONDS / (2 * LIFE_SECONDS)
        logs = [gateway.log.read_text() for gateway in fleet.gateways]
        assert all("database_clock_jumped" in log for log in logs)
