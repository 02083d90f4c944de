"""The queue of usage events: stored soon, in order, and within bounds."""

from __future__ import annotations

import asyncio
from typing import Any

import anyio
import pytest
from structlog.testing import capture_logs

from gateway.errors import StoreUnavailable
from gateway.observe.metrics import Metrics
from gateway.store.mongo import Database
from gateway.usage import writer as module
from gateway.usage.writer import Writer
from tests.support.gateway import FakeClock
from tests.support.metering import DONE, Metering, budget, call
from tests.support.waiting import PATIENCE_SECONDS


@pytest.fixture
def metering(database: Database, clock: FakeClock) -> Metering:
    return Metering(database, clock)


class Door:
    """Makes the store unavailable for a test."""

    def __init__(self, metering: Metering) -> None:
        self.shut = False
        self._add, self._settle = metering.usage.add, metering.store.settle
        metering.usage.add = self.add  # type: ignore[method-assign]
        metering.store.settle = self.settle  # type: ignore[method-assign]
        self.tried = 0

    async def add(self, documents: Any) -> None:
        self.tried += 1
        if self.shut:
            raise StoreUnavailable
        await self._add(documents)

    async def settle(self, events: Any) -> None:
        if self.shut:
            raise StoreUnavailable
        await self._settle(events)


async def test_events_are_stored_in_the_background(metering: Metering) -> None:
    async with metering.meter.running():
        await metering.make(user="alice")
        await metering.make(user="bob")
        with anyio.fail_after(PATIENCE_SECONDS):
            while not await metering.database.collection("usage").count({}):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    assert [event["user"] for event in await metering.events()] == ["alice", "bob"]


async def test_the_end_of_the_process_stores_the_rest_with_its_charges(metering: Metering) -> None:
    await metering.set(budget(9))
    async with metering.meter.running():
        for _ in range(3):
            await metering.make()
    (counter,) = await metering.counters()
    assert (counter["spent"], counter["open"]) == (3, [])


async def test_memory_is_bounded_while_the_database_is_away(
    database: Database, clock: FakeClock
) -> None:
    metering, metrics = Metering(database, clock), Metrics()
    door = Door(metering)
    writer = Writer(metering.usage, metering.store, metrics, most=100)
    metering.meter._writer = metering.writer = writer
    door.shut = True
    with capture_logs() as logs:
        for number in range(250):
            await metering.make(user=f"u{number}")
    assert [entry["event"] for entry in logs] == ["usage_events_dropped"]
    assert b"gateway_usage_dropped_total 150.0" in metrics.text()
    with pytest.raises(StoreUnavailable):
        await writer.flush()
    door.shut = False
    assert [event["user"] for event in await metering.events()] == [
        f"u{n}" for n in range(150, 250)
    ]


async def test_an_outage_is_logged_once_and_loses_nothing(
    metering: Metering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EVERY_SECONDS", 0.0)
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0.0)
    await metering.set(budget(9))
    attempt = await metering.meter.admit(call())
    door = Door(metering)
    metering.writer = metering.meter._writer = Writer(metering.usage, metering.store, Metrics())
    door.shut = True
    with capture_logs() as logs, anyio.fail_after(PATIENCE_SECONDS):
        async with metering.writer.writing():
            await attempt.settle(DONE)
            while not logs:  # noqa: ASYNC110 - waits for another task
                await asyncio.sleep(0)
            door.shut = False
            while logs[-1]["event"] != "usage_resumed":  # noqa: ASYNC110 - waits for another task
                await asyncio.sleep(0)
    assert [entry["event"] for entry in logs] == ["usage_waits_for_database", "usage_resumed"]
    assert (await metering.counters())[0]["spent"] == 1
    assert len(await metering.events()) == 1


async def test_an_attempt_is_settled_once(metering: Metering) -> None:
    attempt = await metering.meter.admit(call())
    await attempt.settle(DONE)
    with pytest.raises(RuntimeError, match="settled already"):
        await attempt.settle(DONE)
    assert len(await metering.events()) == 1


@pytest.mark.requirement("J1")
async def test_an_event_holds_no_content(metering: Metering) -> None:
    """No query, no header, no body, and of the path nothing that may be an id or a name."""
    await metering.make(path="/v1/people/ana@acme.example/notes/canary-77")
    (event,) = await metering.events()
    assert "canary" not in str(event)
    assert "acme.example" not in str(event)
    assert set(event) == {
        "_id",
        "time",
        "tenant",
        "user",
        "owner",
        "key",
        "connector",
        "connection",
        "operation",
        "host",
        "request",
        "result",
        "status",
        "error",
        "sent",
        "received",
        "gateway_ms",
        "provider_ms",
        "price",
        "charges",
        "rule",
        "observed",
        "tool",
    }


async def test_refusals_are_counted(metering: Metering) -> None:
    await metering.set(budget(1))
    await metering.make()
    for _ in range(2):
        with pytest.raises(Exception, match="too little left"):
            await metering.meter.admit(call())
    line = b'gateway_rule_refusals_total{connector="notes",mode="enforce"} 2.0'
    assert line in metering.metrics.text()
