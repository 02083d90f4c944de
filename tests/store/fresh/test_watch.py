"""The change stream on both drivers, and waiting without one."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from gateway.store.connection import Connection, Status
from gateway.store.connections import ConnectionStore
from gateway.store.fresh.watch import POLL_SECONDS, Watch
from gateway.store.mongo import Database
from gateway.store.refresh_leases import Lease, RefreshLeases
from tests.support.linking import NOW, linked, sealed_tokens

LONG = 30.0
"""Seconds that no test waits for."""


@pytest.fixture
def store(database: Database) -> ConnectionStore:
    return ConnectionStore(database)


@pytest.fixture
async def watch(database: Database) -> AsyncIterator[Watch]:
    """A watch that is told, until the test ends."""
    watch = Watch(database)
    task = asyncio.create_task(watch.run())
    async with asyncio.timeout(LONG):
        await watch.told.wait()
    yield watch
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_change_wakes_the_callers_that_wait_for_its_row(
    watch: Watch, store: ConnectionStore
) -> None:
    mine, other = await linked(store, "a1"), await linked(store, "a2")
    await change_until_told(watch, store, mine)  # the rows' insertions were told before
    elsewhere = asyncio.create_task(watch.changed(other.id, LONG))
    await change_until_told(watch, store, mine)
    assert not elsewhere.done()
    elsewhere.cancel()


async def change_until_told(watch: Watch, store: ConnectionStore, row: Connection) -> None:
    """Change a row until a caller that waits for it wakes up. Changes are told in their order."""
    waiting = asyncio.create_task(watch.changed(row.id, LONG))
    await asyncio.sleep(0)
    async with asyncio.timeout(LONG / 2):
        for seconds in itertools.count():
            if waiting.done():
                break
            await store.set_default(row, NOW + timedelta(seconds=seconds))
            await asyncio.wait([waiting], timeout=POLL_SECONDS)


async def test_removed_row_wakes_its_waiting_callers(watch: Watch, store: ConnectionStore) -> None:
    mine = await linked(store)
    waiting = asyncio.create_task(watch.changed(mine.id, LONG))
    await asyncio.sleep(0)
    await store.delete(mine, NOW)
    async with asyncio.timeout(LONG / 2):
        await waiting


async def test_a_refresh_wakes_waiting_callers_only_at_its_end(
    database: Database, watch: Watch, store: ConnectionStore
) -> None:
    """Each claim and mark would send them to the database in vain."""
    leases = RefreshLeases(database)
    mine, other = await linked(store, "a1"), await linked(store, "a2", user="ben")
    insertion = asyncio.create_task(watch.changed(other.id, LONG))
    await asyncio.sleep(0)
    await store.set_default(other, NOW + timedelta(seconds=1))
    async with asyncio.timeout(LONG / 2):
        await insertion
    ends: list[Callable[[Lease], Awaitable[object]]] = [
        leases.release,
        leases.withdraw,
        lambda lease: leases.postpone(lease, 0, "provider_unavailable", NOW, unknown=True),
        lambda lease: leases.store(lease, sealed_tokens("new"), (), Status.ACTIVE, NOW),
    ]
    for number, end in enumerate(ends):
        waiting = asyncio.create_task(watch.changed(mine.id, LONG))
        later = asyncio.create_task(watch.changed(other.id, LONG))
        await asyncio.sleep(0)
        claimed = await leases.claim(mine)
        assert claimed is not None
        marked = await leases.mark(claimed, f"digest {number}")
        assert marked is not None
        at = NOW + timedelta(seconds=2 + number)
        await store.touch(mine, at)
        await store.set_default(other, at)
        async with asyncio.timeout(LONG / 2):
            await later
        assert not waiting.done()

        await end(marked)

        async with asyncio.timeout(LONG / 2):
            await waiting


async def test_timed_out_wait_leaves_no_trace(watch: Watch) -> None:
    await watch.changed("con_nobody", 0.001)
    assert watch.waiting == 0


async def test_wait_without_a_stream_returns_soon_for_polling(database: Database) -> None:
    async with asyncio.timeout(LONG / 2):
        await Watch(database).changed("con_x", LONG)
