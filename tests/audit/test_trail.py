"""The audit trail's queue: notes are stored soon and in order, and never delay a caller."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import anyio
import pytest
from structlog.testing import capture_logs

from gateway.audit import trail as module
from gateway.audit.context import act_as, begin
from gateway.audit.trail import Audit
from gateway.errors import StoreUnavailable
from gateway.observe.metrics import Metrics
from gateway.store.audit import Action, Actor, ActorKind, AuditStore, Line, Wanted
from gateway.store.mongo import Database, Document
from tests.support.gateway import FakeClock
from tests.support.waiting import PATIENCE_SECONDS


class Door(AuditStore):
    """The real store, which a test can make unavailable."""

    shut = False
    tried = 0
    taken = 0
    busy: asyncio.Event | None = None

    async def add(self, documents: Sequence[Document]) -> None:
        self.tried += 1
        if self.busy is not None:
            self.busy.set()
            await asyncio.Event().wait()  # until the caller is cancelled
        if self.shut:
            raise StoreUnavailable("the database does not answer")
        await super().add(documents)
        self.taken += 1


@pytest.fixture
def store(database: Database) -> Door:
    return Door(database)


async def lines(store: AuditStore, tenant: str = "default") -> list[Line]:
    """Return all lines, oldest first."""
    return (await store.find(tenant, Wanted(), limit=0))[::-1]


def note(audit: Audit, *users: str) -> None:
    for user in users:
        audit.note(Action.TOKEN_ISSUED, tenant="default", user=user)


async def test_notes_are_stored_in_the_background(store: Door, clock: FakeClock) -> None:
    audit = Audit(store, clock, Metrics())
    async with audit.writing():
        note(audit, "alice", "bob")
        assert store.tried == 0
        with anyio.fail_after(PATIENCE_SECONDS):
            while not store.taken:  # noqa: ASYNC110 - waits for another task
                await asyncio.sleep(0.01)
    assert [line.user for line in await lines(store)] == ["alice", "bob"]
    assert store.tried == 1


async def test_the_end_of_the_process_stores_the_remaining_notes(
    store: Door, clock: FakeClock
) -> None:
    audit = Audit(store, clock, Metrics())
    async with audit.writing():
        note(audit, *(f"u{number}" for number in range(1234)))
    assert [line.user for line in await lines(store)] == [f"u{n}" for n in range(1234)]
    assert store.tried <= 4  # in batches, not one by one


async def test_a_full_batch_is_stored_without_waiting(
    store: Door, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EVERY_SECONDS", 3600.0)
    audit = Audit(store, clock, Metrics())
    async with audit.writing():
        note(audit, *["alice"] * module.BATCH)
        with anyio.fail_after(PATIENCE_SECONDS):
            while not await lines(store):  # noqa: ASYNC110 - waits for another task
                await asyncio.sleep(0.01)


async def test_while_the_database_is_away_the_newest_notes_are_kept(
    store: Door, clock: FakeClock
) -> None:
    """Memory is bounded, losses are logged and counted, and no caller waits or fails."""
    metrics = Metrics()
    audit = Audit(store, clock, metrics=metrics, most=600)
    store.shut = True
    with capture_logs() as logs:
        note(audit, *(f"u{number}" for number in range(1000)))
    assert [entry["event"] for entry in logs] == ["audit_lines_dropped"]
    assert logs[0]["log_level"] == "error"
    assert b"gateway_audit_dropped_total 400.0" in metrics.text()
    with pytest.raises(StoreUnavailable):
        await audit.flush()
    store.shut = False
    await audit.flush()
    assert [line.user for line in await lines(store)] == [f"u{n}" for n in range(400, 1000)]


async def test_the_writer_survives_an_outage_and_logs_it_once(
    store: Door, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EVERY_SECONDS", 0.0)
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0.0)
    audit = Audit(store, clock, Metrics())
    store.shut = True
    with capture_logs() as logs, anyio.fail_after(PATIENCE_SECONDS):
        async with audit.writing():
            note(audit, "alice")
            while store.tried < 3 or not logs:  # noqa: ASYNC110 - waits for another task
                await asyncio.sleep(0)
            note(audit, "bob")
            store.shut = False
            while logs[-1]["event"] != "audit_resumed":  # noqa: ASYNC110 - waits for another task
                await asyncio.sleep(0)
    assert [line.user for line in await lines(store)] == ["alice", "bob"]
    assert [entry["event"] for entry in logs] == ["audit_waits_for_database", "audit_resumed"]


async def test_notes_that_cannot_be_written_in_the_end_are_counted_in_the_log(
    store: Door, clock: FakeClock
) -> None:
    audit = Audit(store, clock, Metrics())
    with capture_logs() as logs:
        async with audit.writing():
            store.shut = True
            note(audit, "alice", "bob")
    assert logs[-1] == {"event": "audit_lines_lost", "lines": 2, "log_level": "error"}


async def test_a_written_line_is_stored_immediately(store: Door, clock: FakeClock) -> None:
    audit = Audit(store, clock, Metrics())
    await audit.write(Action.KEY_CREATED, tenant="default", subject="k1")
    (line,) = await lines(store)
    assert (line.action, line.subject, line.outcome) == ("key.created", "k1", "ok")


async def test_a_line_that_could_not_be_written_is_not_given_up(
    store: Door, clock: FakeClock
) -> None:
    """The change has happened: no error is raised, and many notes do not displace the line."""
    audit = Audit(store, clock, Metrics(), most=10)
    store.shut = True
    with capture_logs() as logs:
        await audit.write(Action.KEY_DELETED, tenant="default", subject="k1")
    assert (logs[0]["event"], logs[0]["subject"]) == ("audit_line_waits", "k1")
    note(audit, *["alice"] * 50)
    store.shut = False
    await audit.flush()
    found = await lines(store)
    assert [line.action for line in found].count("key.deleted") == 1
    assert len(found) == 11


async def test_a_cancelled_caller_does_not_lose_the_line(store: Door, clock: FakeClock) -> None:
    audit = Audit(store, clock, Metrics())
    store.busy = asyncio.Event()
    task = asyncio.create_task(audit.write(Action.LOGOUT, tenant="default", user="alice"))
    await store.busy.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    store.busy = None
    await audit.flush()
    assert [line.action for line in await lines(store)] == ["logout"]


async def test_actor_and_request_come_from_the_context(store: Door, clock: FakeClock) -> None:
    """Each request has its own context."""
    audit = Audit(store, clock, Metrics())

    async def request(number: int) -> None:
        begin(f"req_{number}")
        await asyncio.sleep(0)
        if number % 2:
            act_as(Actor(ActorKind.KEY, key=f"k{number}", label="x"))
        await asyncio.sleep(0)
        note(audit, f"u{number}")

    await asyncio.gather(*(asyncio.create_task(request(number)) for number in range(10)))
    note(audit, "nobody")
    await audit.flush()
    for line in await lines(store):
        if line.user == "nobody":
            assert (line.request, line.actor.kind) == (None, "command")
            continue
        number = int((line.user or "")[1:])
        assert line.request == f"req_{number}"
        kind, key = ("key", f"k{number}") if number % 2 else ("login", None)
        assert (line.actor.kind, line.actor.key) == (kind, key)


async def test_a_note_has_the_time_at_which_it_was_made(store: Door, clock: FakeClock) -> None:
    audit = Audit(store, clock, Metrics())
    note(audit, "alice")
    clock.advance(seconds=90)
    note(audit, "bob")
    await audit.flush()
    first, second = await lines(store)
    assert timedelta(seconds=89) < second.time - first.time < timedelta(seconds=120)
