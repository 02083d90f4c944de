"""Callers that ask for tokens as fast as they are answered, and watch what they are given."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from tests.support.faults import STRICT, Fleet, works
from tests.support.tokens import token_of

LIFE_SECONDS = 2
FRESH_SECONDS = LIFE_SECONDS * 0.9
"""For so long nobody renews a token."""


@dataclass
class Load:
    """What callers were given: each token with the moment (monotonic) at which it was first seen."""

    user: str
    tokens: dict[str, float] = field(default_factory=dict)
    calls: int = 0
    seconds: float = 0.0

    async def run(self, fleet: Fleet, *, callers: int, seconds: float) -> None:
        """Ask all gateways in turn; a call that fails, or brings a token that is over, ends it all."""
        started = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number in range(callers):
                group.create_task(self._call(fleet, number, started + seconds))
        self.seconds = time.monotonic() - started

    async def _call(self, fleet: Fleet, number: int, end: float) -> None:
        while (asked_at := time.monotonic()) < end:
            gateway = fleet.gateways[number % len(fleet.gateways)]
            token = token_of(await fleet.ask(gateway, self.user, STRICT))
            seen_at = self.tokens.setdefault(token, time.monotonic())
            # It was issued before it was seen: after that, its life is over for sure.
            assert asked_at < seen_at + LIFE_SECONDS, "an expired token was handed out"
            self.calls += 1
            number += 1


async def judge(fleet: Fleet, load: Load, after: int) -> None:
    """By the provider's log: one refresh for each token, none refused, and the grant lives."""
    refreshes = fleet.refreshes(STRICT, after)
    assert set(refreshes) == {"issued"}
    assert len(load.tokens) == 1 + len(refreshes)  # the one from connecting, and each that came
    assert len(refreshes) <= load.seconds / FRESH_SECONDS + 1
    assert len(refreshes) >= load.seconds / (LIFE_SECONDS + 1) - 1
    answer = await fleet.ask(fleet.gateways[-1], load.user, STRICT, not_this=[*load.tokens][-1])
    assert works(answer)
    row = await fleet.row(load.user, STRICT)
    assert (row["status"], row["refresh"]["owner"]) == ("active", None)
