"""Callers that read tokens as fast as possible and check them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faults.fleet import STRICT, Fleet, FleetProcess, works
from tests.support.tokens import token_of

LIFE_SECONDS = 2
FRESH_SECONDS = LIFE_SECONDS * 0.9
"""A token of this age is not renewed yet."""


@dataclass
class Load:
    """The tokens that callers got, each with the moment (monotonic) at which it was first seen.

    ``pick`` chooses the gateway of the next call; without it, callers ask all in turn.
    """

    user: str
    pick: Callable[[], FleetProcess] | None = None
    tokens: dict[str, float] = field(default_factory=dict)
    calls: int = 0
    seconds: float = 0.0

    async def run(self, fleet: Fleet, *, callers: int, seconds: float) -> None:
        """Call for this many seconds; a failed call or an expired token ends the test."""
        over = asyncio.Event()
        asyncio.get_running_loop().call_later(seconds, over.set)
        await self.run_until(fleet, over, callers=callers)

    async def run_until(self, fleet: Fleet, over: asyncio.Event, *, callers: int) -> None:
        """As ``run``, until ``over`` is set."""
        started = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number in range(callers):
                group.create_task(self._call(fleet, number, over))
        self.seconds = time.monotonic() - started

    async def _call(self, fleet: Fleet, number: int, over: asyncio.Event) -> None:
        while not over.is_set():
            asked_at = time.monotonic()
            gateway = self.pick() if self.pick else fleet.gateways[number % len(fleet.gateways)]
            token = token_of(await fleet.ask(gateway, self.user, STRICT))
            seen_at = self.tokens.setdefault(token, time.monotonic())
            # The token was issued before its first sight, so after that time it has expired.
            assert asked_at < seen_at + LIFE_SECONDS, "an expired token was handed out"
            self.calls += 1
            number += 1


async def judge(fleet: Fleet, load: Load, after: int) -> None:
    """Check the provider's log: one refresh per token, no refusal, and a living grant."""
    refreshes = fleet.refreshes(STRICT, after)
    assert set(refreshes) == {"issued"}
    assert len(load.tokens) == 1 + len(refreshes)  # the one from connecting, and one per refresh
    assert len(refreshes) <= load.seconds / FRESH_SECONDS + 1
    assert refreshes  # as many as the callers needed: none was handed a token that was over
    answer = await fleet.ask(fleet.gateways[-1], load.user, STRICT, not_this=[*load.tokens][-1])
    assert works(answer)
    row = await fleet.row(load.user, STRICT)
    assert (row["status"], row["refresh"]["owner"]) == ("active", None)
