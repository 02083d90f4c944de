"""Where the two drivers meet: Motor, and PyMongo's own asyncio client (its successor).

The rest of the store sees ``Collection``: the few operations that both drivers share, with one
error for "the database does not answer" and one for "a unique index says no". Writes are
acknowledged by a majority and journalled; a slow database costs seconds, not the drivers' default
of thirty (security K2, K3).

A write that ends in ``StoreUnavailable`` may have been done all the same, or be done later, by a
node that stood still: who repeats it makes it such that a second time does no harm.
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
    # A node that stands still is noticed after this and connectTimeoutMS: then the driver ends what
    # waits for it, and waits for the next primary instead. With the default, after twelve seconds.
    "heartbeatFrequencyMS": 1_000,
    "appname": "connector-gateway",
}
LONGEST_SECONDS = 10.0
"""The longest that any one operation takes, with all that a driver repeats by itself."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.005, 0.5
"""Seconds, at most, between two attempts at a transaction."""
_LONGEST_SILENCE_MS = 250  # two of them are well within the second that caches may be behind
_MAJORITY: WriteConcern = WriteConcern(w="majority", j=True, wtimeout=5_000)
_WRITE_CONFLICT, _DUPLICATE_KEY = 112, 11000  # MongoDB's error codes


class Collection:
    """One collection on either driver. Every method raises ``StoreUnavailable`` when MongoDB is away."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle

    async def find_one(
        self,
        query: Mapping[str, Any],
        *,
        sort: Sequence[tuple[str, int]] | None = None,
        projection: Mapping[str, Any] | None = None,
    ) -> Document | None:
        """The first document that matches, or ``None``."""
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
        """The documents that match, sorted: all of them, or the first ``limit``; by that ``index``."""
        found = self._handle.find(query, projection, sort=sort, limit=limit, hint=index)
        return await _answer(found.to_list(None))

    async def distinct(self, name: str) -> list[Any]:
        """The values that a field has anywhere, without those of documents that lack it."""
        return await _answer(self._handle.distinct(name))

    async def count(self, query: Mapping[str, Any]) -> int:
        """How many documents match."""
        return int(await _answer(self._handle.count_documents(query)))

    async def insert(self, document: Document) -> None:
        """Insert; raises ``WriteConflict``."""
        await _answer(self._handle.insert_one(document))

    async def insert_missing(self, documents: Sequence[Document]) -> None:
        """Insert those documents (at least one) whose ids are not there yet, in one request."""
        with contextlib.suppress(WriteConflict):  # those came with an earlier attempt
            await _answer(self._handle.insert_many(documents, ordered=False))

    async def update_one(
        self,
        query: Mapping[str, Any],
        update: Any,
        *,
        upsert: bool = False,
        transaction: Any = None,
    ) -> bool:
        """Update one matching document, or insert it with ``upsert``; whether there was one.

        Raises ``WriteConflict``.
        """
        result = await _answer(
            self._handle.update_one(query, update, upsert=upsert, session=transaction)
        )
        return bool(result.matched_count)

    async def update_many(
        self, query: Mapping[str, Any], update: Any, *, transaction: Any = None
    ) -> int:
        """Update every matching document; how many there were. Raises ``WriteConflict``."""
        result = await _answer(self._handle.update_many(query, update, session=transaction))
        return int(result.matched_count)

    async def update_each(self, updates: Sequence[tuple[Mapping[str, Any], Any]]) -> int:
        """Pairs of query and update, in one request and any order; how many found their document."""
        writes = [UpdateOne(query, update) for query, update in updates]
        result = await _answer(self._handle.bulk_write(writes, ordered=False))
        return int(result.matched_count)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """Writes that become visible together, or not at all if the context ends with an error.

        Raises ``WriteConflict`` where another transaction wrote first: then all of it is to be done again.
        """
        # Motor awaits the session and PyMongo's client the transaction; the others come at once.
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
        """What ``work`` comes to, in a transaction; done again, after a pause, where another was faster.

        Raises ``StoreUnavailable`` after ``LONGEST_SECONDS`` of that: the transaction of a process
        that was killed holds its rows until MongoDB ends it.
        """
        until, pause = time.monotonic() + LONGEST_SECONDS, _FIRST_PAUSE
        while True:
            try:
                async with self.transaction() as transaction:
                    return await work(transaction)
            except WriteConflict:
                if time.monotonic() > until:
                    raise StoreUnavailable("another transaction holds the rows") from None
            await asyncio.sleep(random.uniform(0, pause))  # noqa: S311 - spreads load, protects nothing
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def find_one_and_update(
        self, query: Mapping[str, Any], update: Any, *, after: bool, upsert: bool = False
    ) -> Document | None:
        """Atomically update one matching document and return it as it was, or as it is ``after``.

        With ``upsert`` it is inserted if there is none; raises ``WriteConflict`` if another was faster.
        """
        return await _answer(
            self._handle.find_one_and_update(query, update, return_document=after, upsert=upsert)
        )

    async def find_one_and_delete(
        self, query: Mapping[str, Any], *, transaction: Any = None
    ) -> Document | None:
        """Atomically delete one matching document and return it; in a transaction, raises ``WriteConflict``."""
        return await _answer(self._handle.find_one_and_delete(query, session=transaction))

    async def delete_many(self, query: Mapping[str, Any]) -> int:
        """Delete every matching document; how many there were."""
        return int((await _answer(self._handle.delete_many(query))).deleted_count)

    async def create_indexes(self, indexes: Sequence[IndexModel]) -> None:
        """Create what is missing; idempotent."""
        await _answer(self._handle.create_indexes(list(indexes)))


class Changes:
    """The changes of a database as they happen (MongoDB's change streams)."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def next(self) -> Document | None:
        """The next change; ``None`` if there was none for a moment: then everything was told.

        Raises ``StoreUnavailable``, also where the stream has come to an end.
        """
        change: Document | None = await _answer(self._stream.try_next())
        if change is None and not self._stream.alive:
            raise StoreUnavailable("the database does not tell of changes any more")
        return change


class Database:
    """The gateway's database. Made by ``open_database``."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self.notices = Notices()
        """Where changes are told to those in this process who remember rows."""

    def collection(self, name: str) -> Collection:
        """The collection of that name: majority writes, primary reads."""
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
        """What happens from now on, as far as ``pipeline`` lets it through.

        Raises ``StoreUnavailable`` where it cannot be told.
        """
        stream = await _now_or_soon(
            self._handle.watch(pipeline, max_await_time_ms=_LONGEST_SILENCE_MS)
        )
        try:
            await _answer(stream.__aenter__())  # it is only here that Motor begins
            yield Changes(stream)
        finally:
            await _now_or_soon(stream.close())

    async def now(self) -> datetime:
        """The time of the database's own clock, in UTC; raises ``StoreUnavailable``."""
        answer = await _answer(self._handle.command("hello"))
        now: datetime = answer["localTime"]
        return now.replace(tzinfo=UTC)

    async def ping(self) -> None:
        """Raise ``StoreUnavailable`` unless the primary answers."""
        await _answer(self._handle.command("ping"))


@asynccontextmanager
async def open_database(url: str, name: str, driver: Driver) -> AsyncIterator[Database]:
    """The database ``name`` at ``url`` through ``driver``; the client is closed at the end."""
    try:
        if driver is Driver.MOTOR:
            client: Any = AsyncIOMotorClient(url, **_OPTIONS)
        else:
            client = AsyncMongoClient(url, **_OPTIONS)
    except (InvalidURI, ConfigurationError, ValueError):
        # The drivers quote the URL, which holds the password.
        raise SettingsError("GATEWAY_MONGODB_URL is not a MongoDB connection string") from None
    try:
        yield Database(client[name])
    finally:
        if driver is Driver.MOTOR:
            # It says goodbye to the server before it returns: a slow one is to hold up nobody else.
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
        # The text of a driver's error may quote documents and addresses: only its type is kept.
        raise StoreUnavailable(f"the database does not answer ({type(error).__name__})") from None


def _only_duplicates(error: BulkWriteError) -> bool:
    """Whether everything but documents that are there already was written, by a majority."""
    details = error.details
    codes = {failed["code"] for failed in details["writeErrors"]}
    return codes == {_DUPLICATE_KEY} and not details["writeConcernErrors"]
