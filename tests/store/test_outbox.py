"""The outbox: each change of a connection's state and its event are one write, or none."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from gateway.store.connection import Connection, Status
from gateway.store.connections import ConnectionStore
from gateway.store.events import Event, EventType, Outbox
from gateway.store.mongo import Database, Document
from gateway.store.refresh_leases import RefreshLeases
from tests.support.linking import NOW, at_once, linked, new_connection, save, sealing

LATER = NOW + timedelta(hours=1)
AFTER_ALL = LATER + timedelta(hours=1)


@pytest.fixture
def store(database: Database) -> ConnectionStore:
    return ConnectionStore(database)


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database)


async def give_up(database: Database, connection: Connection, reason: str = "gone") -> bool:
    """Let a refresh of the connection give up."""
    refreshes = RefreshLeases(database)
    lease = await refreshes.claim(connection)
    assert lease is not None
    return await refreshes.give_up(lease, reason, LATER)


def told(events: list[Event]) -> list[tuple[str, str, str | None, int]]:
    """The contents of events, in order."""
    return [(event.type, event.status, event.reason, event.generation) for event in events]


async def test_each_change_of_state_leaves_one_event_and_no_other_change_does(
    database: Database, store: ConnectionStore, outbox: Outbox
) -> None:
    first = await linked(store)
    await linked(store)  # a reconnect of what works
    (row,) = await store.list_for("default", "user:alice")
    await store.touch(row, NOW)
    assert await give_up(database, row, "invalid_grant")
    again = await linked(store, now=AFTER_ALL, status=Status.NEEDS_SCOPES)
    await store.delete(again, AFTER_ALL)

    events = await outbox.waiting(100)

    assert told(events) == [
        (EventType.CREATED, "active", None, 1),
        (EventType.NEEDS_REAUTH, "needs_reauth", "invalid_grant", 2),
        (EventType.RECOVERED, "needs_scopes", None, 3),
        (EventType.DISCONNECTED, "disconnected", None, 4),
    ]
    assert [event.time for event in events] == [NOW, LATER, AFTER_ALL, AFTER_ALL]
    assert len({event.id for event in events}) == 4
    assert {(e.tenant, e.connection, e.connector, e.user) for e in events} == {
        ("default", first.id, "google", "alice")
    }


@pytest.mark.requirement("D2")
async def test_lost_race_for_a_change_leaves_no_event(
    database: Database, store: ConnectionStore, outbox: Outbox
) -> None:
    """A refresh that gives up after a reconnect, and disconnects that come together."""
    first = await linked(store)
    refreshes = RefreshLeases(database)
    lease = await refreshes.claim(first)
    assert lease is not None
    await linked(store)
    assert not await refreshes.give_up(lease, "invalid_grant", LATER)

    results = await at_once(10, lambda _: store.delete(first, LATER))

    assert sorted(result is None for result in results) == [False] + [True] * 9
    found = [event.type for event in await outbox.waiting(100)]
    assert found == [EventType.CREATED, EventType.DISCONNECTED]


async def test_giving_up_just_before_a_reconnect_is_told_and_so_is_the_recovery(
    database: Database, store: ConnectionStore, outbox: Outbox
) -> None:
    """Giving up keeps the generation: a reconnect that has read the row before must notice it."""
    first = await linked(store)
    rows, gave_up = store._rows, False
    original = rows.find_one_and_update

    async def late(
        query: Mapping[str, Any], update: Any, *, after: bool, upsert: bool = False
    ) -> Document | None:
        nonlocal gave_up
        if not gave_up:
            gave_up = await give_up(database, first)
        return await original(query, update, after=after, upsert=upsert)

    rows.find_one_and_update = late  # type: ignore[method-assign]
    healed = await save(store, new_connection(), sealing("again"), AFTER_ALL)

    assert (healed.status, healed.generation) == (Status.ACTIVE, 2)
    assert [event.type for event in await outbox.waiting(100)] == [
        EventType.CREATED,
        EventType.NEEDS_REAUTH,
        EventType.RECOVERED,
    ]


@pytest.mark.requirement("K4")
async def test_fifty_flows_for_one_account_that_finish_at_once_create_it_once(
    store: ConnectionStore, outbox: Outbox
) -> None:
    await at_once(50, lambda number: linked(store, text=str(number)))

    assert [event.type for event in await outbox.waiting(100)] == [EventType.CREATED]


async def test_only_passed_on_events_are_removed(
    database: Database, store: ConnectionStore, outbox: Outbox
) -> None:
    first = await linked(store)
    seen = await outbox.waiting(100)
    assert await give_up(database, first)
    other = await linked(store, user="bob")

    await outbox.passed_on(seen)

    left = await outbox.waiting(100)
    assert {(event.connection, event.type) for event in left} == {
        (first.id, EventType.NEEDS_REAUTH),
        (other.id, EventType.CREATED),
    }
    await outbox.passed_on(left)
    assert await outbox.waiting(100) == []
    assert await store.get("default", first.id) is not None


async def test_disconnect_keeps_waiting_events_and_passed_on_ones_are_removed_there(
    store: ConnectionStore, outbox: Outbox
) -> None:
    first = await linked(store)
    seen = await outbox.waiting(100)
    await store.delete(first, LATER)
    both = await outbox.waiting(100)
    assert [event.type for event in both] == [EventType.CREATED, EventType.DISCONNECTED]
    assert both[0] == seen[0]  # the same id: who has it already knows it again

    await outbox.passed_on(seen)

    assert await outbox.waiting(100) == both[1:]


async def test_disconnects_and_workers_that_meet_lose_nothing(
    store: ConnectionStore, outbox: Outbox
) -> None:
    """In any interleaving, a worker sees each event, under one id, before it is removed."""
    connections = [await linked(store, f"acct-{number}") for number in range(20)]
    seen: dict[str, Event] = {}

    done = asyncio.Event()

    async def work() -> None:
        while True:
            last = done.is_set()
            events = await outbox.waiting(100)
            seen.update((event.id, event) for event in events)
            if events:
                await outbox.passed_on(events)
            elif last:
                return

    async with asyncio.TaskGroup() as group:
        for _ in range(2):
            group.create_task(work())
        results = await at_once(20, lambda number: store.delete(connections[number], LATER))
        done.set()

    assert [getattr(found, "id", found) for found in results] == [one.id for one in connections]
    assert await outbox.waiting(100) == []
    types = [event.type for event in seen.values()]
    assert (types.count(EventType.CREATED), types.count(EventType.DISCONNECTED)) == (20, 20)


async def test_rows_from_before_there_was_an_outbox_work(
    database: Database, store: ConnectionStore, outbox: Outbox
) -> None:
    first, second = await linked(store), await linked(store, "acct-2")
    rows = database.collection("connections")
    assert await rows.update_many({}, {"$unset": {"outbox": ""}}) == 2
    assert await outbox.waiting(100) == []

    assert await give_up(database, first)
    await linked(store, now=LATER)
    await store.delete(second, LATER)

    found = sorted((event.connection == first.id, event.type) for event in await outbox.waiting(9))
    assert found == [
        (False, EventType.DISCONNECTED),
        (True, EventType.NEEDS_REAUTH),
        (True, EventType.RECOVERED),
    ]


async def test_an_event_of_a_type_that_only_newer_processes_know_is_passed_on_all_the_same(
    database: Database, store: ConnectionStore, outbox: Outbox
) -> None:
    """A rolling restart: old and new processes share the rows."""
    await linked(store)
    newer = {"$set": {"outbox.0.type": "connection.moved", "outbox.0.extra": 1}}
    assert await database.collection("connections").update_one({}, newer)

    assert [event.type for event in await outbox.waiting(100)] == ["connection.moved"]
