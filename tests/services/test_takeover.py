"""A silent holder of a lease is watched before another process takes its lease over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from gateway.errors import StoreUnavailable
from gateway.services import outage
from gateway.services.methods import repeatable_seconds
from gateway.services.refresh import Refresher
from gateway.services.refresh_failures import may_repeat
from gateway.store.refresh_leases import Holder, Progress
from tests.support.configs import make_config

ALIVE = Holder("first", None)
LEASE = object()
TAKEOVER_SECONDS = 0.3


class Rows:
    """One row whose ``holder`` says nothing more, and the claims that were made on it."""

    def __init__(self) -> None:
        self.holder = ALIVE
        self.claims: list[Holder | None] = []
        self.away = 0

    async def claim(self, connection: Any, owner: str, silent: Holder | None) -> object | None:
        if self.away:
            self.away -= 1
            raise StoreUnavailable("away")
        self.claims.append(silent)
        return LEASE if silent == self.holder else None

    async def progress(self, connection: Any) -> Progress:
        return Progress(held=False, cool_down=0, holder=self.holder)


class Looks:
    """Every wait for a change ends at once, and ``then`` may change something."""

    def __init__(self, then: Callable[[int], None]) -> None:
        self._then = then
        self._count = 0

    async def changed(self, row: str, seconds: float) -> None:
        self._count += 1
        self._then(self._count)
        await asyncio.sleep(min(seconds, 0.02))


async def seconds_until_taken_over(rows: Rows, then: Callable[[int], None]) -> float:
    """Wait for the lease of ``rows``; return how long that took."""
    loop = asyncio.get_running_loop()
    parts = SimpleNamespace(
        leases=rows, metrics=SimpleNamespace(lease_waited=lambda name, seconds: None)
    )
    refresher = Refresher(
        connections=cast(Any, None),
        watch=cast(Any, Looks(then)),
        parts=cast(Any, parts),
        takeover_seconds=TAKEOVER_SECONDS,
    )
    began = loop.time()
    found = await refresher._lease_or_newer(
        make_config(), cast(Any, SimpleNamespace(id="con_1")), True
    )
    assert found is LEASE
    return loop.time() - began


@pytest.mark.requirement("D1", "D4")
async def test_a_holder_that_stays_silent_is_replaced() -> None:
    rows = Rows()
    assert await seconds_until_taken_over(rows, lambda look: None) >= TAKEOVER_SECONDS
    assert rows.claims[-1] == ALIVE
    assert set(rows.claims[:-1]) == {None}


@pytest.mark.requirement("D1", "D4")
async def test_a_holder_that_does_something_is_watched_again() -> None:
    rows, changed_at = Rows(), 0.0

    def then(look: int) -> None:
        nonlocal changed_at
        if look == 5:
            rows.holder, changed_at = Holder("second", None), asyncio.get_running_loop().time()

    await seconds_until_taken_over(rows, then)
    assert asyncio.get_running_loop().time() - changed_at >= TAKEOVER_SECONDS


@pytest.mark.requirement("D4", "K2")
async def test_an_outage_does_not_count_as_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """The holder could not write either: it has the time again when the database is back."""
    monkeypatch.setattr(outage, "RETRY_SECONDS", TAKEOVER_SECONDS)
    rows, back_at = Rows(), 0.0

    def then(look: int) -> None:
        nonlocal back_at
        if look == 5:
            rows.away = 2
            back_at = asyncio.get_running_loop().time() + 2 * TAKEOVER_SECONDS

    await seconds_until_taken_over(rows, then)
    assert asyncio.get_running_loop().time() - back_at >= TAKEOVER_SECONDS


@pytest.mark.requirement("D5", "D8")
def test_a_request_from_the_future_is_not_repeated() -> None:
    """The database's clock jumped back, so the age of the request is unknown."""
    strict = make_config(refresh_rotation="rotates", refresh_grace_seconds=0)
    grace = make_config(refresh_rotation="rotates", refresh_grace_seconds=60)
    steady = make_config(refresh_rotation="none")
    assert not may_repeat(repeatable_seconds(strict), -600.0)
    assert not may_repeat(repeatable_seconds(grace), -600.0)
    assert may_repeat(repeatable_seconds(grace), 59.0)
    assert may_repeat(repeatable_seconds(steady), -600.0)
