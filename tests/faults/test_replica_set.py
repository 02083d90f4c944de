"""Faults of the database under load lose no issued token and delay no caller for long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import product

import pytest

from tests.faults.fleet import FULL, PROVIDERS, STRICT, Fleet, running_fleet, works
from tests.faults.replica_set import ReplicaSet, running_replica_set
from tests.support.tokens import problem_of, token_of
from tests.support.waiting import PATIENCE_SECONDS, until

long = pytest.mark.skipif(not FULL, reason="only in the long form: make faults")

LIFE_SECONDS = 2
USERS = ("alice", "ben", "chloe")
DEADLINE_SECONDS = 30 if FULL else PATIENCE_SECONDS
"""Longest time of a call. The long form runs alone, so that it can measure."""
RECOVERY_SECONDS = 15 if FULL else PATIENCE_SECONDS
PAUSE_SECONDS = 0.02
"""Pause between two calls of a tool, because all processes share a few cores."""

Caller = tuple[int, str, str]
"""Number of a gateway, user and connector."""


@dataclass
class Load:
    """Tools that ask for every user's tokens until they are stopped."""

    fleet: Fleet
    over: asyncio.Event = field(default_factory=asyncio.Event)
    slowest: float = 0.0
    tokens: dict[Caller, str] = field(default_factory=dict)

    async def __aenter__(self) -> Load:
        self._group = asyncio.TaskGroup()
        await self._group.__aenter__()
        callers = [*product(range(len(self.fleet.gateways)), USERS, PROVIDERS)]
        for caller in callers:
            self._group.create_task(self._call(caller))

        async def all_served() -> bool:
            return len(self.tokens) == len(callers)

        await until(all_served)
        return self

    async def __aexit__(self, *error: object) -> None:
        self.over.set()
        await self._group.__aexit__(None, None, None)

    async def _call(self, caller: Caller) -> None:
        gateway, user, name = caller
        while not self.over.is_set():
            await asyncio.sleep(PAUSE_SECONDS)
            asked_at = time.monotonic()
            answer = await self.fleet.ask(self.fleet.gateways[gateway], user, name)
            self.slowest = max(self.slowest, time.monotonic() - asked_at)
            if answer.status_code == 200:
                self.tokens[caller] = token_of(answer)
            else:
                assert problem_of(answer)[0] == 503

    async def recovered(self) -> None:
        """Wait until every gateway serves new tokens of every connection; fail after a limit."""
        since, old = time.monotonic(), dict(self.tokens)

        async def all_new() -> bool:
            return all(self.tokens[caller] != old[caller] for caller in old)

        await until(all_new)
        assert time.monotonic() - since < RECOVERY_SECONDS


@pytest.fixture(scope="module")
async def nodes(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ReplicaSet]:
    async with running_replica_set(tmp_path_factory.mktemp("nodes")) as running:
        yield running


@pytest.fixture(scope="module")
async def fleet(
    tmp_path_factory: pytest.TempPathFactory, nodes: ReplicaSet
) -> AsyncIterator[Fleet]:
    folder = tmp_path_factory.mktemp("fleet")
    async with running_fleet(folder, nodes.url, lease=30) as running:
        for name in PROVIDERS:
            running.sandbox.token_life(name, LIFE_SECONDS)
        yield running


async def connect(fleet: Fleet) -> tuple[int, int]:
    """Link all accounts; return the log's mark and the sum of the strict generations."""
    for user in USERS:
        for name in PROVIDERS:
            await fleet.connect(user, name)
    return fleet.sandbox.mark(), await generations(fleet)


async def generations(fleet: Fleet) -> int:
    """Return how often the strict provider's tokens were stored."""
    return sum([(await fleet.row(user, STRICT))["generation"] for user in USERS])


async def judge(fleet: Fleet, load: Load, mark: int, before: int) -> None:
    """Check that every issued token is stored and works."""
    assert load.slowest < DEADLINE_SECONDS
    for user in USERS:
        for name in PROVIDERS:
            row = await fleet.row(user, name)
            assert row["status"] == "active", row["status_reason"]
            first = await fleet.ask(fleet.gateways[0], user, name)
            assert works(await fleet.ask(fleet.gateways[1], user, name, not_this=token_of(first)))
    issued = fleet.refreshes(STRICT, mark)
    assert set(issued) == {"issued"}
    assert len(issued) == await generations(fleet) - before


@pytest.mark.requirement("D4", "K2", "K3")
async def test_a_killed_primary_loses_nothing(fleet: Fleet, nodes: ReplicaSet) -> None:
    await nodes.whole()
    mark, before = await connect(fleet)
    async with Load(fleet) as load:
        primary = await nodes.primary()
        nodes.kill(primary)
        await load.recovered()
        nodes.start_again(primary)
    await judge(fleet, load, mark, before)


@pytest.mark.requirement("D4", "K2", "K3")
@long
async def test_a_frozen_primary_loses_nothing(fleet: Fleet, nodes: ReplicaSet) -> None:
    await nodes.whole()
    mark, before = await connect(fleet)
    async with Load(fleet) as load:
        primary, until_then = await nodes.primary(), time.monotonic() + 20
        primary.freeze()
        try:
            await load.recovered()
            await asyncio.sleep(max(0.0, until_then - time.monotonic()))
        finally:
            primary.thaw()
        await load.recovered()
    await judge(fleet, load, mark, before)


@pytest.mark.requirement("D4", "K2", "K3")
@long
async def test_an_unreachable_database_loses_nothing(fleet: Fleet, nodes: ReplicaSet) -> None:
    await nodes.whole()
    mark, before = await connect(fleet)
    async with Load(fleet) as load:
        for node in nodes.nodes:
            node.freeze()
        try:
            await asyncio.sleep(15)
        finally:
            for node in nodes.nodes:
                node.thaw()
        await load.recovered()
    await judge(fleet, load, mark, before)
