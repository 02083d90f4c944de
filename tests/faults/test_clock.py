"""Machines with clocks five minutes off, and one with a correct clock."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.faults.fleet import FULL, STRICT, running_fleet, works
from tests.support.tokens import token_of
from tests.support.waiting import until

CLOCKS = [0.0, 300.0, -300.0] if FULL else [0.0, 300.0]
LIFE_SECONDS = 5


@pytest.mark.requirement("D8", "L4")
async def test_a_wrong_clock_causes_no_refresh_and_no_stale_token(
    tmp_path: Path, mongodb_url: str
) -> None:
    """The database's clock decides when a token expires, not a machine's."""
    async with running_fleet(tmp_path, mongodb_url, clocks=CLOCKS) as fleet:
        fleet.sandbox.token_life(STRICT, LIFE_SECONDS)
        token = await fleet.connect("alice", STRICT)
        for number, gateway in enumerate(fleet.gateways):
            renewed = await fleet.ask(gateway, "alice", STRICT, not_this=token)
            mark = fleet.sandbox.mark()

            others = [await fleet.ask(other, "alice", STRICT) for other in fleet.gateways]
            assert {token_of(answer) for answer in others} == {token_of(renewed)}
            assert fleet.refreshes(STRICT, mark) == []

            async def is_over(answer: httpx.Response = renewed) -> bool:
                return not works(answer)

            await until(is_over)
            next_one = fleet.gateways[(number + 1) % len(CLOCKS)]
            answer = await fleet.ask(next_one, "alice", STRICT)
            assert works(answer)
            assert fleet.refreshes(STRICT, mark) == ["issued"]
            token = token_of(answer)
