"""A refresh repeats unacknowledged writes: the repetition is idempotent (security D4, K2)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from gateway.store.connection import Connection, Status
from gateway.store.connections import ConnectionStore
from gateway.store.mongo import Database, Document
from gateway.store.refresh_leases import Lease, RefreshLeases, new_owner
from tests.support.linking import NOW, linked, sealed_tokens

LATER = NOW + timedelta(hours=1)
DIGEST = "a" * 64


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


async def raw(database: Database, connection: Connection) -> Document:
    """The row as it is, and the database's time as ``now``."""
    row = await database.collection("connections").find_one(
        {"_id": connection.id},
        projection={"refresh": 1, "generation": 1, "status": 1, "outbox": 1, "now": "$$NOW"},
    )
    assert row is not None
    return row


async def store_result(refreshes: RefreshLeases, lease: Lease) -> bool:
    stored = await refreshes.store(lease, sealed_tokens("refresh"), (), Status.ACTIVE, LATER)
    return stored is not None


async def give_up(refreshes: RefreshLeases, lease: Lease) -> bool:
    return await refreshes.give_up(lease, "invalid_grant", LATER)


async def postpone(refreshes: RefreshLeases, lease: Lease) -> bool:
    return await refreshes.postpone(lease, 0, "provider_unavailable", NOW, unknown=True)


End = Callable[[RefreshLeases, Lease], Awaitable[bool]]
ends = pytest.mark.parametrize("end", [store_result, give_up, postpone])


async def test_repeated_claim_of_the_same_owner_has_the_lease(
    store: ConnectionStore, refreshes: RefreshLeases
) -> None:
    """No caller waits for the end of a lease whose holder does not know of it."""
    connection, owner = await linked(store), new_owner()
    first = await refreshes.claim(connection, owner)

    again = await refreshes.claim(connection, owner)

    assert first is not None
    assert again is not None
    assert (again.owner, again.connection) == (owner, first.connection)
    assert await refreshes.claim(connection, new_owner()) is None
    assert await refreshes.claim(connection) is None
    assert await store_result(refreshes, again)
    assert await refreshes.claim(connection, owner) is None  # it has moved on


@pytest.mark.requirement("D1", "D2")
async def test_lost_lease_is_not_regained_by_its_owners_name(
    store: ConnectionStore, database: Database, refreshes: RefreshLeases
) -> None:
    connection, owner = await linked(store), new_owner()
    assert await RefreshLeases(database, lease_seconds=0).claim(connection, owner) is not None
    second = await claimed(refreshes, connection)

    assert await refreshes.claim(connection, owner) is None
    assert await store_result(refreshes, second)


@pytest.mark.requirement("D2")
async def test_each_mark_restarts_the_lease(
    store: ConnectionStore, database: Database, refreshes: RefreshLeases
) -> None:
    """An election between claim and mark does not shorten the provider's time."""
    connection = await linked(store)
    lease = await claimed(RefreshLeases(database, lease_seconds=5), connection)

    marked = await refreshes.mark(lease, DIGEST)
    again = await refreshes.mark(lease, DIGEST)

    row = await raw(database, connection)
    assert (row["refresh"]["until"] - row["now"]).total_seconds() > 10
    assert row["refresh"]["marker"]["token"] == DIGEST
    assert marked is not None
    assert again is not None
    assert lease.ends + 10 < marked.ends <= again.ends
    assert await store_result(refreshes, again)
    assert await refreshes.mark(lease, DIGEST) is None


@ends
async def test_an_end_that_is_written_twice_counts_once_and_is_told_twice(
    store: ConnectionStore, database: Database, refreshes: RefreshLeases, end: End
) -> None:
    connection = await linked(store)
    lease = await claimed(refreshes, connection)
    assert await refreshes.mark(lease, DIGEST) is not None
    assert await end(refreshes, lease)
    after = await raw(database, connection)

    assert await end(refreshes, lease)

    assert await raw(database, connection) | {"now": after["now"]} == after


@ends
async def test_an_end_that_was_done_is_told_also_when_others_hold_the_lease(
    store: ConnectionStore, database: Database, refreshes: RefreshLeases, end: End
) -> None:
    connection = await linked(store)
    lease = await claimed(refreshes, connection)
    assert await end(refreshes, lease)
    newest = await store.get("default", connection.id)
    assert newest is not None
    await claimed(refreshes, newest)
    after = await raw(database, connection)

    assert await end(refreshes, lease)

    assert await raw(database, connection) | {"now": after["now"]} == after


@pytest.mark.requirement("D2")
@ends
async def test_end_that_another_lease_wrote_is_not_reported_as_success(
    store: ConnectionStore, database: Database, refreshes: RefreshLeases, end: End
) -> None:
    """The same step, of another lease."""
    connection = await linked(store)
    lost = await claimed(RefreshLeases(database, lease_seconds=0), connection)
    assert await end(refreshes, await claimed(refreshes, connection))

    assert not await end(refreshes, lost)
