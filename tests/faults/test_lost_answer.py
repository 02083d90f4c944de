"""The provider carries a refresh out, and its answer never arrives: who may ask a second time?"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.clock import utc_now
from tests.faults.fleet import GRACE, STEADY, STRICT, Fleet, running_fleet, works
from tests.support.tokens import expiry_of, problem_of, token_of
from tests.support.waiting import until

LIFE_SECONDS = 4
LONG = 3600
"""More seconds than a token of this life can be asked for: a refresh is due after a tenth of it."""

APART = timedelta(seconds=0.1)
"""How far the test's clock and the gateway's idea of the database's may be apart."""


async def a_safe_one(fleet: Fleet, connector: str) -> None:
    """D5: two requests, one new token, and nobody notices."""
    gateway = fleet.gateways[0]
    old = await fleet.connect("alice", connector)
    mark = fleet.sandbox.mark()
    fleet.sandbox.fail(connector, "lost_answer")

    answer = await fleet.ask(gateway, "alice", connector, not_this=old)

    assert token_of(answer) != old
    assert works(answer)
    assert fleet.refreshes(connector, mark) == ["issued"] * 2
    # What was stored can be renewed in its turn.
    newer = await fleet.ask(gateway, "alice", connector, not_this=token_of(answer))
    assert works(newer)
    assert fleet.refreshes(connector, mark) == ["issued"] * 3


async def the_strict_one(fleet: Fleet) -> None:
    """D4, D5: one request. The token is used up, then there is one try, and the person is asked."""
    fleet.sandbox.token_life(STRICT, LIFE_SECONDS)
    old = await fleet.connect("alice", STRICT)
    first = await fleet.ask(fleet.gateways[0], "alice", STRICT)
    expires_at = expiry_of(first)
    mark = fleet.sandbox.mark()
    fleet.sandbox.fail(STRICT, "lost_answer")
    others = 0

    async def is_over() -> bool:
        nonlocal others
        asked_at = utc_now()
        answer = await fleet.ask(fleet.gateways[0], "alice", STRICT, seconds=LONG)
        if answer.status_code == 200:
            assert token_of(answer) == old
            assert asked_at < expires_at + APART or others == 0
            others += fleet.refreshes(STRICT, mark) == ["issued"]
            return False
        assert utc_now() >= expires_at - APART
        return problem_of(answer) == (409, "reauthorization_required")

    await until(is_over)

    assert others > 1  # calls that were served while it was known that an answer is missing
    assert fleet.refreshes(STRICT, mark) == ["issued", "refresh_token_used"]
    row = await fleet.row("alice", STRICT)
    assert (row["status"], row["status_reason"]) == ("needs_reauth", "lost_rotation")
    answer = await fleet.ask(fleet.gateways[0], "alice", STRICT)
    assert answer.status_code == 409
    assert len(fleet.refreshes(STRICT, mark)) == 2
    # The person connects again, and all is well.
    assert await fleet.connect("alice", STRICT) != old


@pytest.mark.requirement("D4", "D5")
async def test_a_lost_answer_costs_one_request_or_two_and_what_the_provider_says(
    tmp_path: Path, mongodb_url: str
) -> None:
    async with running_fleet(tmp_path, mongodb_url, clocks=[0.0], lease=3, provider=1.0) as fleet:
        await asyncio.gather(
            the_strict_one(fleet), a_safe_one(fleet, GRACE), a_safe_one(fleet, STEADY)
        )
