"""MongoDB through either driver: Motor, or PyMongo's own asyncio client (its successor).

The rest of the store uses ``Collection``: the few operations that both drivers share, with two
errors: ``StoreUnavailable`` if the database does not answer, ``WriteConflict`` if a unique index or
another transaction refuses a write. Writes are acknowledged by a majority and journalled. A slow
database costs ten seconds at most, not the drivers' default of thirty (security K2, K3).

A write that ends in ``StoreUnavailable`` may have been applied, or may be applied later by a node
that was suspended. A caller that repeats it must make it idempotent.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import AsyncMongoClient, IndexModel, ReadPreference, UpdateOne, WriteConcern
from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    DuplicateKeyError,
    InvalidURI,
    OperationFailure,
    PyMongoError,
)

from gateway.errors import SettingsError, StoreUnavailable, WriteConflict
from gateway.settings.environment import Driver
from gateway.store.fresh.notices import Notices

Document = dict[str, Any]
T = TypeVar("T")

_OPTIONS: dict[str, Any] = {
    "tz_aware": True,
    "uuidRepresentation": "standard",
    "serverSelectionTimeoutMS": 5_000,
    "connectTimeoutMS": 2_000,
    "socketTimeoutMS": 5_000,
    # The driver notices a suspended node after this time and connectTimeoutMS, ends the operations
    # that wait for it, and waits for the next primary. With the default, that takes twelve seconds.
    "heartbeatFrequencyMS": 1_000,
    "appname": "connector-gateway",
}
LONGEST_SECONDS = 10.0
"""The longest time of one operation, including a driver's own retries."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.005, 0.5
"""Seconds: the first and the longest pause between two attempts at a transaction."""
_LONGEST_SILENCE_MS = 250  # two of them fit into the second that caches may be stale
_MAJORITY: WriteConcern = WriteConcern(w="majority", j=True, wtimeout=5_000)
_WRITE_CONFLICT, _DUPLICATE_KEY = 112, 11000  # MongoDB's error codes


class Collection:
    """One collection. Every method raises ``StoreUnavailable`` if MongoDB does not answer."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle

    async def find_one(
        self,
        query: Mapping[str, Any],
        *,
        sort: Sequence[tuple[str, int]] | None = None,
        projection: Mapping[str, Any] | None = None,
    ) -> Document | None:
        """Return the first document that matches, or ``None``."""
        return await _answer(self._handle.find_one(query, projection, sort=sort))

    async def find(
        self,
        query: Mapping[str, Any],
        *,
        sort: Sequence[tuple[str, int]] | None = None,
        limit: int = 0,
        projection: Mapping[str, Any] | None = None,
        index: str | None = None,
    ) -> list[Document]:
        """Return the matches in order: all, or the first ``limit``. ``index`` is the one to use."""
        found = self._handle.find(query, projection, sort=sort, limit=limit, hint=index)
        return await _answer(found.to_list(None))

    async def aggregate(self, pipeline: Sequence[Document]) -> list[Document]:
        """Return the results of an aggregation."""
        # PyMongo's aggregate is awaitable, Motor's is not.
        found = await _now_or_soon(self._handle.aggregate(list(pipeline)))
        return await _answer(found.to_list(None))

    async def distinct(self, name: str) -> list[Any]:
        """Return the distinct values of a field."""
        return await _answer(self._handle.distinct(name))

    async def count(self, query: Mapping[str, Any]) -> int:
        """Count the documents that match."""
        return int(await _answer(self._handle.count_documents(query)))

    async def insert(self, document: Document) -> None:
        """Insert a document; raise ``WriteConflict`` if a unique index refuses it."""
        await _answer(self._handle.insert_one(document))

    async def insert_missing(self, documents: Sequence[Document]) -> None:
        """Insert the documents (at least one) whose ids do not exist yet, in one request."""
        with contextlib.suppress(WriteConflict):  # an earlier attempt inserted them
            await _answer(self._handle.insert_many(documents, ordered=False))

    async def update_one(
        self,
        query: Mapping[str, Any],
        update: Any,
        *,
        upsert: bool = False,
        transaction: Any = None,
    ) -> bool:
        """Update one matching document; return whether there was one.

        With ``upsert`` a missing document is inserted. Raises ``WriteConflict``.
        """
        result = await _answer(
            self._handle.update_one(query, update, upsert=upsert, session=transaction)
        )
        return bool(result.matched_count)

    async def update_many(
        self, query: Mapping[str, Any], update: Any, *, transaction: Any = None
    ) -> int:
        """Update every matching document; return how many. Raises ``WriteConflict``."""
        result = await _answer(self._handle.update_many(query, update, session=transaction))
        return int(result.matched_count)

    async def update_each(
        self, updates: Sequence[tuple[Mapping[str, Any], Any]], *, upsert: bool = False
    ) -> int:
        """Apply pairs of query and update in one request; return how many found their document.

        With ``upsert``, missing documents are inserted. Raises ``WriteConflict`` if a concurrent
        upsert was faster; the others are applied.
        """
        writes = [UpdateOne(query, update, upsert=upsert) for query, update in updates]
        result = await _answer(self._handle.bulk_write(writes, ordered=False))
        return int(result.matched_count)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """Open a transaction: its writes become visible together, or not at all after an error.

        Raises ``WriteConflict`` if another transaction wrote first: then repeat the whole of it.
        """
        # Motor's start_session is awaitable, and so is PyMongo's start_transaction; the others not.
        session = await _now_or_soon(self._handle.database.client.start_session())
        async with session:
            await _now_or_soon(session.start_transaction(write_concern=_MAJORITY))
            try:
                yield session
            except BaseException:  # a cancellation is one
                await _answer(session.abort_transaction())
                raise
            await _answer(session.commit_transaction())

    async def transact(self, work: Callable[[Any], Awaitable[T]]) -> T:
        """Run ``work`` in a transaction and return its result; repeat it after a ``WriteConflict``.

        Raises ``StoreUnavailable`` after ``LONGEST_SECONDS`` of conflicts: the transaction of a
        killed process holds its rows until MongoDB ends it.
        """
        until, pause = time.monotonic() + LONGEST_SECONDS, _FIRST_PAUSE
        while True:
            try:
                async with self.transaction() as transaction:
                    return await work(transaction)
            except WriteConflict:
                if time.monotonic() > until:
                    raise StoreUnavailable("another transaction holds the rows") from None
            await asyncio.sleep(random.uniform(0, pause))  # noqa: S311 - spreads load, no secret
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def find_one_and_update(
        self, query: Mapping[str, Any], update: Any, *, after: bool, upsert: bool = False
    ) -> Document | None:
        """Atomically update one matching document and return it as it was before, or ``after``.

        With ``upsert`` a missing document is inserted; raises ``WriteConflict`` if a concurrent
        upsert was faster.
        """
        return await _answer(
            self._handle.find_one_and_update(query, update, return_document=after, upsert=upsert)
        )

    async def find_one_and_delete(
        self, query: Mapping[str, Any], *, transaction: Any = None
    ) -> Document | None:
        """Atomically delete a match and return it. A transaction may raise ``WriteConflict``."""
        return await _answer(self._handle.find_one_and_delete(query, session=transaction))

    async def delete_many(self, query: Mapping[str, Any]) -> int:
        """Delete every matching document; return how many."""
        return int((await _answer(self._handle.delete_many(query))).deleted_count)

    async def create_indexes(self, indexes: Sequence[IndexModel]) -> None:
        """Create the missing indexes; idempotent."""
        await _answer(self._handle.create_indexes(list(indexes)))


class Changes:
    """A change stream of the database."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def next(self) -> Document | None:
        """Return the next change, or ``None`` after a short silence: then nothing is outstanding.

        Raises ``StoreUnavailable``, also when the stream has ended.
        """
        change: Document | None = await _answer(self._stream.try_next())
        if change is None and not self._stream.alive:
            raise StoreUnavailable("the database's change stream has ended")
        return change


class Database:
    """The gateway's database. Made by ``open_database``."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self.notices = Notices()
        """Announces changes to the caches of this process."""

    def apart(self) -> Database:
        """Return the same database with announcements of its own, as another process has it."""
        return Database(self._handle)

    def collection(self, name: str) -> Collection:
        """Return the collection of that name: majority writes, primary reads."""
        return Collection(
            self._handle.get_collection(
                name,
                codec_options=CodecOptions(tz_aware=True),
                write_concern=_MAJORITY,
                read_preference=ReadPreference.PRIMARY,
            )
        )

    @asynccontextmanager
    async def watch(self, pipeline: Sequence[Document]) -> AsyncIterator[Changes]:
        """Follow the changes from now on that pass ``pipeline``.

        Raises ``StoreUnavailable`` if the database offers no change stream now.
        """
        stream = await _now_or_soon(
            self._handle.watch(pipeline, max_await_time_ms=_LONGEST_SILENCE_MS)
        )
        try:
            await _answer(stream.__aenter__())  # Motor opens the stream only here
            yield Changes(stream)
        finally:
            await _now_or_soon(stream.close())

    async def now(self) -> datetime:
        """Return the time of the database's clock in UTC; raise ``StoreUnavailable``."""
        answer = await _answer(self._handle.command("hello"))
        now: datetime = answer["localTime"]
        return now.replace(tzinfo=UTC)

    async def version(self) -> tuple[int, ...]:
        """Return the version of the server, as (7, 0, 14); raise ``StoreUnavailable``."""
        answer = await _answer(self._handle.command("buildInfo"))
        return tuple(int(part) for part in answer["versionArray"][:3])

    async def ping(self) -> None:
        """Raise ``StoreUnavailable`` unless the primary answers."""
        await _answer(self._handle.command("ping"))


@asynccontextmanager
async def open_database(url: str, name: str, driver: Driver) -> AsyncIterator[Database]:
    """Open the database ``name`` at ``url`` through ``driver``; close the client at the end."""
    try:
        if driver is Driver.MOTOR:
            client: Any = AsyncIOMotorClient(url, **_OPTIONS)
        else:
            client = AsyncMongoClient(url, **_OPTIONS)
    except (InvalidURI, ConfigurationError, ValueError):
        # The drivers quote the URL, which contains the password.
        raise SettingsError("GATEWAY_MONGODB_URL is not a MongoDB connection string") from None
    try:
        yield Database(client[name])
    finally:
        if driver is Driver.MOTOR:
            # Motor's close blocks on the network: a slow server must not block the event loop.
            await asyncio.to_thread(client.close)
        else:
            await client.close()


async def _now_or_soon(value: Any) -> Any:
    return await _answer(value) if inspect.isawaitable(value) else value


async def _answer(awaitable: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            return await awaitable
    except TimeoutError:
        raise StoreUnavailable("the database does not answer (in time)") from None
    except DuplicateKeyError:
        raise WriteConflict from None
    except PyMongoError as error:
        if isinstance(error, OperationFailure) and error.code == _WRITE_CONFLICT:
            raise WriteConflict from None
        if isinstance(error, BulkWriteError) and _only_duplicates(error):
            raise WriteConflict from None
        # A driver's error text may quote documents and addresses: keep only its type.
        raise StoreUnavailable(f"the database does not answer ({type(error).__name__})") from None


def _only_duplicates(error: BulkWriteError) -> bool:
    """Whether every other document was written by a majority."""
    details = error.details
    codes = {failed["code"] for failed in details["writeErrors"]}
    return codes == {_DUPLICATE_KEY} and not details["writeConcernErrors"]
