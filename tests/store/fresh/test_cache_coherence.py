"""Two processes on one database, on both drivers: a write of one drops the other's cache entry.

The second process's monotonic clock stands still where the stream is looked at: nothing lapses by
time then, and only being told can make it forget.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from connectors.secret import Secret
from gateway.access.service_keys import Role, ServiceKeys
from gateway.clock import utc_now
from gateway.errors import Unauthorized
from gateway.settings.environment import Driver
from gateway.store.connection import Connection, Status
from gateway.store.connections import ConnectionStore
from gateway.store.fresh.cache import Cache
from gateway.store.fresh.freshness import GOOD_SECONDS, Freshness
from gateway.store.fresh.watch import Watch
from gateway.store.mongo import Database, open_database
from gateway.store.refresh_leases import RefreshLeases
from gateway.store.service_keys import KeyStore
from tests.support.linking import NOW, linked, sealed_tokens
from tests.support.sealing import VAULT
from tests.support.silent import NO_AUDIT
from tests.support.waiting import PATIENCE_SECONDS, until

LATER = NOW + timedelta(minutes=5)


class Time:
    """A monotonic clock that moves when it is told to."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Process:
    """The relevant parts of a gateway process: a client of the database, a cache, a watch."""

    database: Database
    watch: Watch
    time: Time
    cache: Cache[str, Connection]

    async def read(self, connection: Connection) -> Connection | None:
        """The connection, remembered or read."""
        found = self.cache.get(connection.id)
        if found is None:
            reading = self.cache.reading()
            found = await ConnectionStore(self.database).get(connection.tenant, connection.id)
            if found is not None:
                self.cache.put(reading, found.id, found, *found.tags)
        return found

    def remembers(self, connection: Connection) -> bool:
        """Whether it would be answered from memory."""
        return self.cache.get(connection.id) is not None


def process_on(database: Database) -> Process:
    """A process whose watch does not run yet."""
    time = Time()
    watch = Watch(database, Freshness(time))
    return Process(database, watch, time, Cache(watch.freshness, database.notices))


@pytest.fixture
async def other(
    database: Database, mongodb_url: str, database_name: str, driver: Driver
) -> AsyncIterator[Process]:
    """Another process than the one that writes to ``database``."""
    async with open_database(mongodb_url, database_name, driver) as opened:
        yield process_on(opened)


@pytest.fixture
async def told(other: Process) -> AsyncIterator[Process]:
    """The other process, which is told of changes."""
    task = asyncio.create_task(other.watch.run())
    async with asyncio.timeout(PATIENCE_SECONDS):
        await other.watch.told.wait()
    yield other
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def refresh(database: Database, connection: Connection) -> None:
    """A refresh that is stored."""
    refreshes = RefreshLeases(database)
    lease = await refreshes.claim(connection)
    assert lease is not None
    assert await refreshes.store(lease, sealed_tokens("new"), ("read",), Status.ACTIVE, LATER)


async def give_up(database: Database, connection: Connection) -> None:
    """A refresh that was refused."""
    refreshes = RefreshLeases(database)
    lease = await refreshes.claim(connection)
    assert lease is not None
    assert await refreshes.give_up(lease, "invalid_grant", LATER)


async def reconnect(database: Database, connection: Connection) -> None:
    """The same account once more."""
    await linked(ConnectionStore(database), connection.external_account_id, now=LATER)


async def choose_another(database: Database, connection: Connection) -> None:
    """Another account becomes the default."""
    store = ConnectionStore(database)
    await store.set_default(await linked(store, "another"), LATER)


async def disconnect(database: Database, connection: Connection) -> None:
    """The connection goes."""
    await ConnectionStore(database).delete(connection, LATER)


async def link_another(database: Database, connection: Connection) -> None:
    """A new account of the same user: it may have the name that was asked for."""
    await linked(ConnectionStore(database), "another", now=LATER)


Write = Callable[[Database, Connection], Awaitable[None]]
WRITES: list[Write] = [refresh, give_up, reconnect, choose_another, disconnect, link_another]


@pytest.mark.parametrize("write", WRITES)
async def test_change_of_one_process_is_dropped_from_the_others_cache(
    database: Database, told: Process, write: Write
) -> None:
    connection = await linked(ConnectionStore(database))
    await _settled(told, database)
    await told.read(connection)
    assert told.remembers(connection)

    await write(database, connection)

    async def forgotten() -> bool:
        return not told.remembers(connection)

    await until(forgotten)
    now = await ConnectionStore(database).get("default", connection.id)
    assert await told.read(connection) == now


@pytest.mark.parametrize("write", WRITES)
async def test_without_a_stream_it_is_a_second_behind_at_most(
    database: Database, other: Process, write: Write
) -> None:
    connection = await linked(ConnectionStore(database))
    await other.read(connection)

    await write(database, connection)

    other.time.seconds += GOOD_SECONDS
    assert other.remembers(connection)
    other.time.seconds += 0.001
    assert not other.remembers(connection)


@pytest.mark.parametrize("write", WRITES)
async def test_process_reads_its_own_write(database: Database, write: Write) -> None:
    """At once, and without being told by the database."""
    process = process_on(database)
    connection = await linked(ConnectionStore(database))
    await process.read(connection)
    assert process.remembers(connection)

    await write(database, connection)

    assert not process.remembers(connection)


async def test_that_a_token_was_used_or_that_a_refresh_began_is_no_reason_to_forget(
    database: Database, told: Process
) -> None:
    store = ConnectionStore(database)
    connection, second = await linked(store, user="bob"), await linked(store, "second")
    await _settled(told, database)
    await told.read(connection)
    await told.read(second)

    await store.touch(connection, LATER)
    assert await RefreshLeases(database).claim(connection) is not None
    await store.delete(second, LATER)

    async def told_of_the_last() -> bool:
        return not told.remembers(second)

    await until(told_of_the_last)
    assert told.remembers(connection)


async def test_a_stream_that_hangs_is_noticed_within_a_second(
    database: Database, told: Process
) -> None:
    connection = await linked(ConnectionStore(database))
    await _settled(told, database)
    await told.read(connection)
    assert told.remembers(connection)
    # Nothing is awaited from here on: the stream has no chance to say anything.
    told.time.seconds += GOOD_SECONDS + 0.001
    assert not told.remembers(connection)


@pytest.mark.requirement("E5")
async def test_a_deleted_key_is_refused_by_the_other_process(
    database: Database, told: Process
) -> None:
    ours = ServiceKeys(KeyStore(database, VAULT), utc_now, NO_AUDIT)
    theirs = ServiceKeys(
        KeyStore(told.database, VAULT),
        utc_now,
        NO_AUDIT,
        Cache(told.watch.freshness, told.database.notices),
    )
    key, secret = await ours.create(tenant="default", roles=[Role.TOKENS])
    await _settled(told, database)
    assert not await _is_refused(theirs, secret)

    await ours.delete("default", key.id)

    async def refused() -> bool:
        return await _is_refused(theirs, secret)

    await until(refused)


@pytest.mark.requirement("F2")
async def test_without_a_stream_a_deleted_key_lives_for_a_second_at_most(
    database: Database, other: Process
) -> None:
    """The other process is told nothing."""
    ours = ServiceKeys(KeyStore(database, VAULT), utc_now, NO_AUDIT)
    theirs = ServiceKeys(
        KeyStore(other.database, VAULT),
        utc_now,
        NO_AUDIT,
        Cache(other.watch.freshness, other.database.notices),
    )
    key, secret = await ours.create(tenant="default", roles=[Role.TOKENS])
    assert not await _is_refused(theirs, secret)

    await ours.delete("default", key.id)

    assert not await _is_refused(theirs, secret)
    other.time.seconds += GOOD_SECONDS + 0.001
    assert await _is_refused(theirs, secret)


@pytest.mark.requirement("E5")
async def test_a_known_key_id_opens_nothing_without_its_secret(told: Process) -> None:
    """The secret is compared each time, also for a key that is remembered."""
    keys = ServiceKeys(
        KeyStore(told.database, VAULT),
        utc_now,
        NO_AUDIT,
        Cache(told.watch.freshness, told.database.notices),
    )
    _, secret = await keys.create(tenant="default", roles=[Role.TOKENS])
    assert not await _is_refused(keys, secret)
    assert await _is_refused(keys, Secret(secret.reveal()[:-64] + "0" * 64))
    assert not await _is_refused(keys, secret)


async def _is_refused(keys: ServiceKeys, secret: Secret) -> bool:
    try:
        await keys.authenticate(f"Bearer {secret.reveal()}")
    except Unauthorized:
        return True
    return False


async def _settled(process: Process, database: Database) -> None:
    """Return when everything that was written before has been told."""
    store = ConnectionStore(database)
    marker = await linked(store, "marker", user="nobody")
    heard = asyncio.Event()

    def listen(tags: tuple[tuple[str, ...], ...]) -> None:
        if marker.tags[0] in tags:
            heard.set()

    process.database.notices.listen(listen)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not heard.is_set():
            # The stream may have missed the insert: it reports a second write.
            await store.set_default(marker, utc_now())
            await asyncio.sleep(0.02)
