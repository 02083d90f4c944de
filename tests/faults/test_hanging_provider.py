"""A provider that accepts connections and never answers delays no other (security L2).

``FAULTS_FULL`` compares the slowest hundredth of the others' calls with the time before. The short
form checks only the order: all others are served while the first callers wait.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import httpx
import pytest

from gateway.outbound.bulkhead import SLOTS
from tests.faults.fleet import FULL, GRACE, STEADY, STRICT, Fleet, running_fleet
from tests.support.series import value_in
from tests.support.tokens import problem_of, token_of
from tests.support.waiting import until

OTHERS = (STRICT, GRACE)
PEOPLE = [f"user-{number}" for number in range(SLOTS)]
"""Users with a connection to the hanging provider; together they take every slot."""
READS, REFRESHES, CALLERS = (100, 10, 2) if FULL else (10, 2, 1)
"""Calls of each caller in a round."""
PROVIDER_SECONDS = 10.0 if FULL else 20.0
"""Seconds that a provider may take: many times as long as a round."""
ROUNDS, MOST_ROUNDS = (3, 8) if FULL else (1, 1)
LIMIT = 1.2


@dataclass
class Times:
    """Seconds of the others' calls."""

    reads: list[float] = field(default_factory=list)
    refreshes: list[float] = field(default_factory=list)

    def __iadd__(self, more: Times) -> Self:
        self.reads += more.reads
        self.refreshes += more.refreshes
        return self


def p99(seconds: Sequence[float]) -> float:
    """Return the 99th percentile of the calls."""
    return sorted(seconds)[math.ceil(len(seconds) * 0.99) - 1]


async def timed(call: Awaitable[httpx.Response], into: list[float]) -> str:
    """Return the token of a call."""
    started = time.perf_counter()
    answer = await call
    into.append(time.perf_counter() - started)
    return token_of(answer)


async def others(fleet: Fleet) -> Times:
    """Run a round: each caller reads and renews the token of a working provider."""
    times = Times()
    (gateway,) = fleet.gateways

    async def caller(user: str, connector: str) -> None:
        token = token_of(await fleet.ask(gateway, user, connector))
        for number in range(READS):
            if number % (READS // REFRESHES) == 0:
                old = token
                token = await timed(
                    fleet.ask(gateway, user, connector, not_this=old), times.refreshes
                )
                assert token != old
            same = await timed(fleet.ask(gateway, user, connector), times.reads)
            assert same == token

    await asyncio.gather(*(caller(user, name) for user in PEOPLE[:CALLERS] for name in OTHERS))
    return times


@asynccontextmanager
async def hanging(fleet: Fleet) -> AsyncIterator[Callable[[], bool]]:
    """Occupy every slot of a connector with an unanswered request.

    It yields a function that returns whether they are still occupied.
    """
    (gateway,) = fleet.gateways
    fleet.sandbox.fail(STEADY, "hang", 1000)
    calls = [asyncio.create_task(fleet.force(gateway, user, STEADY)) for user in PEOPLE]

    async def all_taken() -> bool:
        early = [call.result().text for call in calls if call.done()]
        assert not early, f"answered without asking the provider: {early}"
        text = (await fleet.tool.get(f"{gateway.url}/metrics")).text
        name = "gateway_provider_requests_in_flight"
        return value_in(text, name, connector=STEADY) == SLOTS

    await until(all_taken)
    yield lambda: not any(call.done() for call in calls)
    for answer in await asyncio.gather(*calls):
        assert problem_of(answer) == (503, "provider_unavailable")
    fleet.sandbox.fail(STEADY, "none")


async def recover(fleet: Fleet) -> None:
    """Renew every connection of the provider that hung.

    One success would not do: the worker may have failed a moment before it, and its cool-downs
    would answer the next round's callers in the provider's place.
    """
    rows = fleet.database.collection("connections")
    forgotten = {"refresh.not_before": None, "refresh.attempts": 0}

    async def all_renewed() -> bool:
        await rows.update_many({"connector": STEADY}, {"$set": forgotten})
        calls = [fleet.force(fleet.gateways[0], user, STEADY) for user in PEOPLE]
        return all(answer.is_success for answer in await asyncio.gather(*calls))

    await until(all_renewed)


@pytest.mark.requirement("L2")
async def test_a_hanging_provider_does_not_delay_callers_of_others(
    tmp_path: Path, mongodb_url: str
) -> None:
    """Rounds are interleaved in one process, and all calls of a kind are compared together."""
    async with running_fleet(
        tmp_path, mongodb_url, clocks=[0.0], lease=60, provider=PROVIDER_SECONDS
    ) as fleet:
        for user in PEOPLE:
            await fleet.connect(user, STEADY)
        for user in PEOPLE[:CALLERS]:
            for name in OTHERS:
                await fleet.connect(user, name)
        await others(fleet)  # the first calls are slower
        before, during = Times(), Times()
        for number in range(MOST_ROUNDS):
            before += await others(fleet)
            async with hanging(fleet) as still:
                during += await others(fleet)
                assert still(), "the others were held up until the first request was given up"
            ratios = {
                "reads": p99(during.reads) / p99(before.reads),
                "refreshes": p99(during.refreshes) / p99(before.refreshes),
            }
            print(f"round {number + 1}: p99 beside a provider that hangs, and before: {ratios}")
            if number + 1 >= ROUNDS and max(ratios.values()) <= LIMIT:
                break
            if number + 1 < MOST_ROUNDS:
                await recover(fleet)
        if FULL:
            assert max(ratios.values()) <= LIMIT
