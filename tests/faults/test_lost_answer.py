"""The provider carries out a refresh, and its response is lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.clock import utc_now
from tests.faults.fleet import GRACE, STEADY, STRICT, Fleet, running_fleet, works
from tests.support.tokens import expiry_of, problem_of, token_of
from tests.support.waiting import until

LIFE_SECONDS = 10
LONG = 3600
"""Too many seconds for a token of this life: a refresh is due after a tenth of it."""

APART = timedelta(seconds=0.1)
"""Tolerance in seconds between the test's clock and the gateway's database clock."""


async def a_safe_one(fleet: Fleet, connector: str) -> None:
    """D5: two requests, one new token, and no error for the caller."""
    gateway = fleet.gateways[0]
    old = await fleet.connect("alice", connector)
    mark = fleet.sandbox.mark()
    fleet.sandbox.fail(connector, "lost_answer")

    answer = await fleet.ask(gateway, "alice", connector, not_this=old)

    assert token_of(answer) != old
    assert works(answer)
    assert fleet.refreshes(connector, mark) == ["issued"] * 2
    # The stored token can be renewed later.
    newer = await fleet.ask(gateway, "alice", connector, not_this=token_of(answer))
    assert works(newer)
    assert fleet.refreshes(connector, mark) == ["issued"] * 3


async def the_strict_one(fleet: Fleet) -> None:
    """D4, D5: one request; the access token is used until it expires, then one last try."""
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

    assert others > 1  # calls served after the response was lost
    assert fleet.refreshes(STRICT, mark) == ["issued", "refresh_token_used"]
    row = await fleet.row("alice", STRICT)
    assert (row["status"], row["status_reason"]) == ("needs_reauth", "lost_rotation")
    answer = await fleet.ask(fleet.gateways[0], "alice", STRICT)
    assert answer.status_code == 409
    assert len(fleet.refreshes(STRICT, mark)) == 2
    # The user connects again, and tokens work.
    assert await fleet.connect("alice", STRICT) != old


@pytest.mark.requirement("D4", "D5")
async def test_a_lost_answer_costs_at_most_two_requests(tmp_path: Path, mongodb_url: str) -> None:
    async with running_fleet(tmp_path, mongodb_url, clocks=[0.0], lease=9, provider=3.0) as fleet:
        await asyncio.gather(
            the_strict_one(fleet), a_safe_one(fleet, GRACE), a_safe_one(fleet, STEADY)
        )
