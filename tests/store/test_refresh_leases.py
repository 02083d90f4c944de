"""The lease of a refresh: its holder, its length, and late results."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.store.connection import Connection, Status
from gateway.store.connections import ConnectionStore
from gateway.store.mongo import Database
from gateway.store.refresh_leases import LEASE_SECONDS, Lease, Progress, RefreshLeases
from tests.support.linking import NOW, at_once, linked, sealed_tokens

LATER = NOW + timedelta(hours=1)
NEW = sealed_tokens("refresh")


@pytest.fixture
def store(database: Database) -> ConnectionStore:
    return ConnectionStore(database)


@pytest.fixture
def refreshes(database: Database) -> RefreshLeases:
    return RefreshLeases(database)


async def claimed(refreshes: RefreshLeases, connection: Connection) -> Lease:
    """The lease of a connection that is free."""
    lease = await refreshes.claim(connection)
    assert lease is not None
    return lease


def over(connection: Connection) -> Progress:
    """The state of a refresh that left this connection."""
    return Progress(held=False, cool_down=0, moved_on=connection)


async def stored(refreshes: RefreshLeases, lease: Lease) -> Connection | None:
    """The connection with the result of a refresh under this lease, if it was taken."""
    return await refreshes.store(lease, NEW, ("read", "write"), Status.ACTIVE, LATER)


async def raw(database: Database, connection: Connection) -> dict[str, Any]:
    """The row as it is, and the database's time as ``now``."""
    row = await database.collection("connections").find_one(
        {"_id": connection.id}, projection={"refresh": 1, "now": "$$NOW"}
    )
    assert row is not None
    return row


async def move(database: Database, connection: Connection, field: str, seconds: int) -> None:
    """Put a time of the lease to ``seconds`` from now, by the database's clock."""
    time = {"$add": ["$$NOW", seconds * 1000]}
    rows = database.collection("connections")
    assert await rows.update_one({"_id": connection.id}, [{"$set": {f"refresh.{field}": time}}])


@pytest.mark.requirement("D1")
async def test_of_fifty_claims_at_once_one_gets_the_lease(
    store: ConnectionStore, refreshes: RefreshLeases
) -> None:
    connection = await linked(store)

    claims = await at_once(50, lambda _: refreshes.claim(connection))

    won = [lease for lease in claims if isinstance(lease, Lease)]
    assert len(won) == 1
    assert claims.count(None) == 49
    assert won[0].connection == replace(connection, lease_owner=won[0].owner)


@pytest.mark.requirement("D2", "D8")
async def test_a_lease_ends_by_the_clock_of_the_database(
    database: Database, store: ConnectionStore, refreshes: RefreshLeases
) -> None:
    """No process's own clock counts, so a wrong one does no harm."""
    connection = await linked(store)
    await claimed(refreshes, connection)

    row = await raw(database, connection)
    left = (row["refresh"]["until"] - row["now"]).total_seconds()
    assert 0 < left <= LEASE_SECONDS
    await move(database, connection, "until", +1)
    assert await refreshes.claim(connection) is None
    assert await refreshes.progress(connection) == Progress(held=True, cool_down=0)
    await move(database, connection, "until", -1)
    assert await refreshes.progress(connection) == Progress(held=False, cool_down=0)
    assert await refreshes.claim(connection) is not None


@pytest.mark.requirement("D2")
async def test_an_expired_lease_is_taken_over_and_its_first_holder_cannot_write(
    database: Database, store: ConnectionStore, refreshes: RefreshLeases
) -> None:
    """A paused process that wakes up never overwrites the newer tokens."""
    connection = await linked(store)
    paused = await claimed(RefreshLeases(database, lease_seconds=0), connection)
    second = await claimed(refreshes, connection)
    assert second.owner != paused.owner

    assert not await stored(refreshes, paused)
    assert not await refreshes.give_up(paused, "invalid_grant", LATER)
    await refreshes.postpone(paused, 60, "provider_unavailable", NOW)
    assert await store.get("default", connection.id) == second.connection

    assert await stored(refreshes, second)
    assert not await stored(refreshes, paused)
    newest = await store.get("default", connection.id)
    assert newest is not None
    assert (newest.generation, newest.tokens) == (2, NEW)


@pytest.mark.requirement("D1", "D4", "D8")
async def test_a_lease_with_a_sent_request_ends_only_for_a_process_that_watched_its_holder(
    database: Database, store: ConnectionStore, refreshes: RefreshLeases
) -> None:
    """The database's clock may have jumped, and the holder may wait for the database."""
    connection = await linked(store)
    lease = await claimed(refreshes, connection)
    before = await refreshes.progress(connection)
    assert await refreshes.mark(lease, "digest") is not None
    await move(database, connection, "until", -600)
    progress = await refreshes.progress(connection)
    assert before is not None
    assert progress is not None
    assert not progress.held
    assert progress.holder is not None

    assert await refreshes.claim(connection) is None
    assert await refreshes.claim(connection, silent=before.holder) is None  # it has sent since
    assert await refreshes.claim(connection, silent=replace(progress.holder, owner="x")) is None

    await move(database, connection, "until", +600)  # a jump back would hold it for too long
    second = await refreshes.claim(connection, silent=progress.holder)
    assert second is not None
    assert second.marker is not None
    assert not await stored(refreshes, lease)
    assert await refreshes.claim(connection, silent=progress.holder) is None


async def test_expired_lease_without_a_new_holder_still_stores(
    database: Database, store: ConnectionStore
) -> None:
    """Rule 2: issued tokens are kept; no other process has used the refresh token."""
    refreshes = RefreshLeases(database, lease_seconds=0)
    lease = await claimed(refreshes, await linked(store))

    assert await stored(refreshes, lease)


async def test_a_stored_result_is_the_next_generation_and_frees_the_lease(
    store: ConnectionStore, refreshes: RefreshLeases
) -> None:
    connection = await linked(store, status=Status.NEEDS_SCOPES, metadata={"plan": "pro"})
    lease = await claimed(refreshes, connection)

    assert await refreshes.store(lease, NEW, ("read",), Status.ACTIVE, LATER)

    newest = await store.get("default", connection.id)
    assert newest is not None
    assert newest == replace(
        connection,
        tokens=NEW,
        granted_scopes=("read",),
        status=Status.ACTIVE,
        status_since=LATER,
        generation=2,
        updated_at=LATER,
    )
    assert await refreshes.claim(connection) is None  # seen before the refresh: it has moved on
    assert await refreshes.claim(newest) is not None


async def test_waiting_process_sees_the_result(
    store: ConnectionStore, refreshes: RefreshLeases
) -> None:
    connection = await linked(store)
    assert await refreshes.progress(connection) == Progress(held=False, cool_down=0)
    lease = await claimed(refreshes, connection)
    assert await refreshes.progress(connection) == Progress(held=True, cool_down=0)

    after = await stored(refreshes, lease)

    assert after is not None
    assert after == await store.get("default", connection.id)
    assert await refreshes.progress(connection) == over(after)
    await store.delete(connection, NOW)
    assert await refreshes.progress(connection) is None


async def test_giving_up_marks_the_row_and_keeps_its_tokens(
    store: ConnectionStore, refreshes: RefreshLeases
) -> None:
    connection = await linked(store)
    lease = await claimed(refreshes, connection)

    assert await refreshes.give_up(lease, "invalid_grant", LATER)

    after = replace(
        connection,
        status=Status.NEEDS_REAUTH,
        status_reason="invalid_grant",
        status_since=LATER,
        updated_at=LATER,
    )
    assert await store.get("default", connection.id) == after
    assert await refreshes.progress(connection) == over(after)


@pytest.mark.requirement("D7")
async def test_row_read_before_the_refresh_gave_up_gets_no_lease(
    store: ConnectionStore, refreshes: RefreshLeases
) -> None:
    """The dead refresh token is not tried again by the callers that come late."""
    connection = await linked(store)
    lease = await claimed(refreshes, connection)
    await refreshes.give_up(lease, "invalid_grant", LATER)

    assert await refreshes.claim(connection) is None


@pytest.mark.requirement("D7")
async def test_claim_is_refused_until_the_cool_down_is_over(
    database: Database, store: ConnectionStore, refreshes: RefreshLeases
) -> None:
    """The cool-down is in the row, so it holds in every process."""
    connection = await linked(store)
    await refreshes.postpone(await claimed(refreshes, connection), 60, "provider_unavailable", NOW)

    progress = await refreshes.progress(connection)
    assert progress is not None
    assert (progress.moved_on, progress.held) == (None, False)
    assert 0 < progress.cool_down <= 60
    assert await at_once(50, lambda _: refreshes.claim(connection)) == [None] * 50

    await move(database, connection, "not_before", 0)
    again = await claimed(refreshes, connection)
    await refreshes.postpone(again, 0.5, "provider_unavailable", NOW)
    assert (await raw(database, connection))["refresh"]["attempts"] == 2
    await move(database, connection, "not_before", 0)
    assert await stored(refreshes, await claimed(refreshes, connection))
    after = (await raw(database, connection))["refresh"]
    assert (after["attempts"], after["not_before"]) == (0, None)


@pytest.mark.requirement("D3")
async def test_row_read_before_a_reconnect_gets_no_lease(
    store: ConnectionStore, refreshes: RefreshLeases
) -> None:
    """It would send the old refresh token, and store the answer over the new grant."""
    before = await linked(store, text="old")
    after = await linked(store, text="new")

    assert await refreshes.claim(before) is None
    assert await refreshes.progress(before) == over(after)
    assert await refreshes.claim(after) is not None


async def test_a_reconnect_ends_the_cool_down(
    store: ConnectionStore, refreshes: RefreshLeases
) -> None:
    await refreshes.postpone(
        await claimed(refreshes, await linked(store)), 60, "provider_unavailable", NOW
    )

    assert await refreshes.claim(await linked(store)) is not None


async def late_store(refreshes: RefreshLeases, lease: Lease) -> None:
    assert not await stored(refreshes, lease)


async def late_give_up(refreshes: RefreshLeases, lease: Lease) -> None:
    assert not await refreshes.give_up(lease, "invalid_grant", LATER)


async def late_postpone(refreshes: RefreshLeases, lease: Lease) -> None:
    await refreshes.postpone(lease, 60, "provider_unavailable", NOW)


Late = Callable[[RefreshLeases, Lease], Awaitable[None]]
late_ends = pytest.mark.parametrize("end", [late_store, late_give_up, late_postpone])


@pytest.mark.requirement("D3")
@late_ends
async def test_a_reconnect_during_a_refresh_is_never_undone(
    store: ConnectionStore, refreshes: RefreshLeases, end: Late
) -> None:
    """The person's new grant wins over any result of the old refresh."""
    lease = await claimed(refreshes, await linked(store, text="old"))
    reconnected = await linked(store, text="new")

    await end(refreshes, lease)

    assert await store.get("default", reconnected.id) == reconnected
    assert await refreshes.claim(reconnected) is not None


@pytest.mark.requirement("D3")
@late_ends
async def test_a_disconnect_during_a_refresh_is_never_undone(
    store: ConnectionStore, refreshes: RefreshLeases, end: Late
) -> None:
    """No late write brings a deleted row back."""
    lease = await claimed(refreshes, await linked(store))
    await store.delete(lease.connection, NOW)

    await end(refreshes, lease)

    assert await store.list_for("default", "user:alice") == []


@pytest.mark.requirement("D3")
@late_ends
async def test_a_disconnect_and_new_connect_during_a_refresh_is_never_undone(
    store: ConnectionStore, refreshes: RefreshLeases, end: Late
) -> None:
    """The new row has the same account and the same generation, and another id."""
    lease = await claimed(refreshes, await linked(store, text="old"))
    await store.delete(lease.connection, NOW)
    new = await linked(store, text="new")
    assert new.generation == lease.connection.generation

    await end(refreshes, lease)

    assert await store.list_for("default", "user:alice") == [new]


@pytest.mark.requirement("D3")
async def test_a_choice_of_default_during_a_refresh_is_kept_and_does_not_stop_it(
    store: ConnectionStore, refreshes: RefreshLeases
) -> None:
    """Only what ends the old grant makes a refresh lose."""
    other = await linked(store, "acct-1")
    connection = await linked(store, "acct-2")
    lease = await claimed(refreshes, connection)
    await store.set_default(connection, NOW)
    await store.touch(connection, NOW)

    assert await stored(refreshes, lease)

    rows = {row.id: row for row in await store.list_for("default", "user:alice")}
    assert rows[connection.id].is_default
    assert rows[connection.id].last_used_at == NOW
    assert rows[connection.id].tokens == NEW
    assert not rows[other.id].is_default
