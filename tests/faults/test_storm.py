"""Many callers, several processes, two-second tokens, and a provider that detects reuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.fleet import FULL, STRICT, running_fleet
from tests.faults.load import LIFE_SECONDS, Load, judge

CALLERS, SECONDS = (200, 60.0) if FULL else (10, 3.5)


@pytest.mark.requirement("D1")
async def test_each_token_is_renewed_once_under_a_storm_of_callers(
    tmp_path: Path, mongodb_url: str
) -> None:
    async with running_fleet(tmp_path, mongodb_url, clocks=[0.0] * 3, lease=30) as fleet:
        fleet.sandbox.token_life(STRICT, LIFE_SECONDS)
        await fleet.connect("alice", STRICT)
        mark, load = fleet.sandbox.mark(), Load("alice")
        await load.run(fleet, callers=CALLERS, seconds=SECONDS)
        assert load.calls > CALLERS
        await judge(fleet, load, mark)
