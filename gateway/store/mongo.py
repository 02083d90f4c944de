"""Where the two drivers meet: Motor, and PyMongo's own asyncio client (its successor).

The rest of the store sees ``Collection``: the few operations that both drivers share, with one
error for "the database does not answer" and one for "a unique index says no". Writes are
acknowledged by a majority and journalled; a slow database costs seconds, not the drivers' default
of thirty (security K2, K3).
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import AsyncMongoClient, IndexModel, ReadPreference, WriteConcern
from pymongo.errors import (
    ConfigurationError,
    DuplicateKeyError,
    InvalidURI,
    OperationFailure,
    PyMongoError,
)

from gateway.errors import SettingsError, StoreUnavailable
from gateway.settings import Driver

Document = dict[str, Any]
T = TypeVar("T")

_OPTIONS: dict[str, Any] = {
    "tz_aware": True,
    "uuidRepresentation": "standard",
    "serverSelectionTimeoutMS": 5_000,
    "connectTimeoutMS": 2_000,
    "socketTimeoutMS": 5_000,
    "appname": "connector-gateway",
}
_LONGEST_SILENCE_MS = 500
_MAJORITY: WriteConcern = WriteConcern(w="majority", j=True, wtimeout=5_000)
_WRITE_CONFLICT = 112  # MongoDB's error code


class Duplicate(Exception):
    """A unique index or another transaction refused the write: somebody else was faster."""


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
        self, query: Mapping[str, Any], *, sort: Sequence[tuple[str, int]], limit: int = 0
    ) -> list[Document]:
        """The documents that match, sorted: all of them, or the first ``limit``."""
        return await _answer(self._handle.find(query, sort=sort, limit=limit).to_list(None))

    async def count(self, query: Mapping[str, Any]) -> int:
        """How many documents match."""
        return int(await _answer(self._handle.count_documents(query)))

    async def insert(self, document: Document) -> None:
        """Insert; raises ``Duplicate``."""
        await _answer(self._handle.insert_one(document))

    async def update_one(
        self, query: Mapping[str, Any], update: Any, *, transaction: Any = None
    ) -> bool:
        """Update one matching document; whether there was one. Raises ``Duplicate``."""
        result = await _answer(self._handle.update_one(query, update, session=transaction))
        return bool(result.matched_count)

    async def update_many(
        self, query: Mapping[str, Any], update: Any, *, transaction: Any = None
    ) -> int:
        """Update every matching document; how many there were. Raises ``Duplicate``."""
        result = await _answer(self._handle.update_many(query, update, session=transaction))
        return int(result.matched_count)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """Writes that become visible together, or not at all if the context ends with an error.

        Raises ``Duplicate`` where another transaction wrote first: then all of it is to be done again.
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

    async def find_one_and_update(
        self, query: Mapping[str, Any], update: Any, *, after: bool
    ) -> Document | None:
        """Atomically update one matching document and return it as it was, or as it is ``after``."""
        return await _answer(self._handle.find_one_and_update(query, update, return_document=after))

    async def find_one_and_delete(self, query: Mapping[str, Any]) -> Document | None:
        """Atomically delete one matching document and return it."""
        return await _answer(self._handle.find_one_and_delete(query))

    async def create_indexes(self, indexes: Sequence[IndexModel]) -> None:
        """Create what is missing; idempotent."""
        await _answer(self._handle.create_indexes(list(indexes)))


class Changes:
    """The changes of a collection as they happen (MongoDB's change streams)."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def next(self) -> Document | None:
        """The next change; ``None`` if there was none for a moment: then everything was told."""
        return await _answer(self._stream.try_next())


class Database:
    """The gateway's database. Made by ``open_database``."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle

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
    async def watch(self, name: str) -> AsyncIterator[Changes]:
        """What happens in a collection from now on; raises ``StoreUnavailable`` where it cannot be told."""
        handle = self._handle[name]
        stream = await _now_or_soon(handle.watch(max_await_time_ms=_LONGEST_SILENCE_MS))
        try:
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
        await _now_or_soon(client.close())  # Motor closes at once, PyMongo's client is awaited


async def _now_or_soon(value: Any) -> Any:
    return await _answer(value) if inspect.isawaitable(value) else value


async def _answer(awaitable: Awaitable[T]) -> T:
    try:
        return await awaitable
    except DuplicateKeyError:
        raise Duplicate from None
    except PyMongoError as error:
        if isinstance(error, OperationFailure) and error.code == _WRITE_CONFLICT:
            raise Duplicate from None
        # The text of a driver's error may quote documents and addresses: only its type is kept.
        raise StoreUnavailable(f"the database does not answer ({type(error).__name__})") from None
