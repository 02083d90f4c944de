"""A database in memory for workbenches: what connecting, tokens and disconnecting ask of MongoDB.

A contract plays hundreds of short lives of a connection. A database server takes a millisecond for
each of their steps, which was most of the time of a contract. The tests of the store run on
MongoDB, and ``tests/testing/test_memory.py`` compares the two. An operation that is not known here
is ``NotInMemory``, and never a guess.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import bson
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions
from pymongo import IndexModel

from gateway.errors import WriteConflict
from gateway.store.indexes import INDEXES
from gateway.store.mongo import Collection, Database, Document

_OPTIONS: CodecOptions[Document] = CodecOptions(
    tz_aware=True, uuid_representation=UuidRepresentation.STANDARD
)
_MISSING: Any = object()


class NotInMemory(Exception):
    """The database in memory does not know an operation: an error of the testing package."""


class _NoServer:
    """Stands in for a driver's handle: whatever is not overridden is not known."""

    def __getattr__(self, name: str) -> Any:
        raise NotInMemory(name)


@dataclass(frozen=True)
class _Row:
    """A row, and the bytes of which each reader gets a copy of its own."""

    document: Document
    data: bytes


_Rows = dict[Any, _Row]


class MemoryDatabase(Database):
    """An empty database, which ends with the process."""

    def __init__(self) -> None:
        super().__init__(_NoServer())
        self.rows: dict[str, _Rows] = {}

    def apart(self) -> MemoryDatabase:
        """Return an empty database: no workbench has to do with the rows of another."""
        return MemoryDatabase()

    def collection(self, name: str) -> MemoryCollection:
        """Return the collection of that name."""
        return MemoryCollection(self, name)

    async def now(self) -> datetime:
        """Return this machine's time."""
        return _now()

    async def ping(self) -> None:
        """It is always there."""


class MemoryCollection(Collection):
    """One collection. Each operation lets other tasks run, as one on a server does."""

    def __init__(self, database: MemoryDatabase, name: str) -> None:
        super().__init__(_NoServer())
        self._database = database
        self._name = name
        self._unique = [
            index.document for index in INDEXES.get(name, ()) if index.document.get("unique")
        ]

    async def find_one(
        self,
        query: Mapping[str, Any],
        *,
        sort: Sequence[tuple[str, int]] | None = None,
        projection: Mapping[str, Any] | None = None,
    ) -> Document | None:
        """Return the first document that matches, or ``None``."""
        found = await self.find(query, sort=sort, limit=1, projection=projection)
        return found[0] if found else None

    async def find(
        self,
        query: Mapping[str, Any],
        *,
        sort: Sequence[tuple[str, int]] | None = None,
        limit: int = 0,
        projection: Mapping[str, Any] | None = None,
        index: str | None = None,
    ) -> list[Document]:
        """Return the matches in order: all, or the first ``limit``."""
        await asyncio.sleep(0)
        found = [*self._matches(_stored(query))]
        for path, direction in reversed(sort or ()):
            found.sort(key=_sorting(path), reverse=direction < 0)
        return [_projected(row, projection) for row in found[: limit or None]]

    async def count(self, query: Mapping[str, Any]) -> int:
        """Count the documents that match."""
        return len(await self.find(query))

    async def insert(self, document: Document) -> None:
        """Insert a document; raise ``WriteConflict`` if a unique index refuses it."""
        await asyncio.sleep(0)
        document.setdefault("_id", bson.ObjectId())
        self._put(_row(document), None)

    async def insert_missing(self, documents: Sequence[Document]) -> None:
        """Insert the documents whose ids do not exist yet."""
        for document in documents:
            if document.get("_id") not in self._rows:
                await self.insert(document)

    async def update_one(
        self,
        query: Mapping[str, Any],
        update: Any,
        *,
        upsert: bool = False,
        transaction: Any = None,
    ) -> bool:
        """Update one matching document; return whether there was one."""
        before, _ = await self._update(query, update, upsert=upsert)
        return before is not None

    async def find_one_and_update(
        self, query: Mapping[str, Any], update: Any, *, after: bool, upsert: bool = False
    ) -> Document | None:
        """Update one matching document and return it as it was before, or ``after``."""
        row = (await self._update(query, update, upsert=upsert))[after]
        return None if row is None else _copy(row)

    async def find_one_and_delete(
        self, query: Mapping[str, Any], *, transaction: Any = None
    ) -> Document | None:
        """Delete a match and return it."""
        await asyncio.sleep(0)
        row = next(self._matches(_stored(query)), None)
        return None if row is None else _copy(self._rows.pop(row.document["_id"]))

    async def delete_many(self, query: Mapping[str, Any]) -> int:
        """Delete every matching document; return how many."""
        await asyncio.sleep(0)
        found = [*self._matches(_stored(query))]
        for row in found:
            del self._rows[row.document["_id"]]
        return len(found)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """Take the writes of the block back after an error."""
        before = {name: dict(rows) for name, rows in self._database.rows.items()}
        try:
            yield self
        except BaseException:
            self._database.rows = before
            raise

    async def create_indexes(self, indexes: Sequence[IndexModel]) -> None:
        """Do nothing: the unique ones of ``INDEXES`` are always there."""

    @property
    def _rows(self) -> _Rows:
        return self._database.rows.setdefault(self._name, {})

    def _matches(self, query: Document) -> Iterator[_Row]:
        now = _now()
        return (row for row in [*self._rows.values()] if _matches(row.document, query, now))

    async def _update(
        self, query: Mapping[str, Any], update: Any, *, upsert: bool
    ) -> tuple[_Row | None, _Row | None]:
        """The row before and after."""
        await asyncio.sleep(0)
        query, update = _stored(query), _stored({"update": update})["update"]
        before = next(self._matches(query), None)
        if before is None and not upsert:
            return None, None
        document = {} if before is None else _copy(before)
        if before is None:
            for path, value in query.items():
                if path.startswith("$") or _is_condition(value):
                    raise NotInMemory(f"an upsert by {path}: {value}")
                _set(document, path, value)
            document.setdefault("_id", bson.ObjectId())
        _apply(document, update, is_new=before is None)
        after = _row(document)
        self._put(after, before)
        return before, after

    def _put(self, row: _Row, before: _Row | None) -> None:
        key, others = row.document["_id"], {**self._rows}
        if before is None and key in others:
            raise WriteConflict
        if before is not None:
            del others[before.document["_id"]]
        for index in self._unique:
            only = index.get("partialFilterExpression", {})
            names = index["key"]
            if _matches(row.document, only, _now()):
                same = {name: _get(row.document, name, None) for name in names} | only
                if any(_matches(other.document, same, _now()) for other in others.values()):
                    raise WriteConflict
        self._rows[key] = row


def _now() -> datetime:
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def _stored(document: Mapping[str, Any]) -> Document:
    """A copy with the values as MongoDB gives them back: lists, strings, milliseconds."""
    return bson.decode(bson.encode(document, codec_options=_OPTIONS), _OPTIONS)


def _row(document: Document) -> _Row:
    data = bson.encode(document, codec_options=_OPTIONS)
    return _Row(bson.decode(data, _OPTIONS), data)


def _copy(row: _Row) -> Document:
    return bson.decode(row.data, _OPTIONS)


def _get(document: Any, path: str, default: Any = _MISSING) -> Any:
    for name in path.split("."):
        if isinstance(document, list):
            raise NotInMemory(f"the path {path} leads into a list")
        if not isinstance(document, dict) or name not in document:
            return default
        document = document[name]
    return document


def _set(document: Document, path: str, value: Any) -> None:
    *parents, name = path.split(".")
    for parent in parents:
        document = document.setdefault(parent, {})
        if not isinstance(document, dict):
            raise NotInMemory(f"{path} leads through a value")
    document[name] = value


def _sorting(path: str) -> Callable[[_Row], tuple[Any, ...]]:
    def key(row: _Row) -> tuple[Any, ...]:
        value = _get(row.document, path, None)
        return (0,) if value is None else (1, value)

    return key


def _projected(row: _Row, projection: Mapping[str, Any] | None) -> Document:
    document = _copy(row)
    if projection is None:
        return document
    found = {"_id": document["_id"]}
    for name, wanted in projection.items():
        if "." in name or not (wanted in (True, 1) or isinstance(wanted, str)):
            raise NotInMemory(f"the projection {name}: {wanted}")
        value = _evaluate(wanted if isinstance(wanted, str) else f"${name}", document, _now())
        if value is not _MISSING:
            found[name] = value
    return found


def _matches(document: Document, query: Mapping[str, Any], now: datetime) -> bool:
    for path, wanted in query.items():
        if path == "$expr":
            if not _is_true(_evaluate(wanted, document, now)):
                return False
        elif path.startswith("$"):
            raise NotInMemory(f"the query {path}")
        elif not _meets(_get(document, path, None), wanted):
            return False
    return True


def _is_condition(wanted: Any) -> bool:
    return isinstance(wanted, dict) and any(name.startswith("$") for name in wanted)


def _meets(value: Any, wanted: Any) -> bool:
    if not _is_condition(wanted):
        return _same(value, wanted) or (
            isinstance(value, list) and any(_same(item, wanted) for item in value)
        )
    for operator, operand in wanted.items():
        if operator == "$in":
            if not any(_meets(value, each) for each in operand):
                return False
        elif operator == "$ne":
            if _meets(value, operand):
                return False
        elif operator in _ORDER:
            if type(value) is not type(operand) or not _ORDER[operator](value, operand):
                return False
        else:
            raise NotInMemory(f"the query {operator}")
    return True


def _same(value: Any, other: Any) -> bool:
    return bool(value == other) and isinstance(value, bool) == isinstance(other, bool)


_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "$gt": lambda value, other: value > other,
    "$gte": lambda value, other: value >= other,
    "$lt": lambda value, other: value < other,
    "$lte": lambda value, other: value <= other,
}


def _is_true(value: Any) -> bool:
    return value is not _MISSING and value not in (None, False, 0)


def _evaluate(expression: Any, document: Document, now: datetime) -> Any:
    """The value of an aggregation's expression; ``_MISSING`` for a field that is not there."""
    if isinstance(expression, str) and expression.startswith("$$"):
        if expression not in {"$$NOW", "$$ROOT"}:
            raise NotInMemory(f"the variable {expression}")
        return now if expression == "$$NOW" else document
    if isinstance(expression, str) and expression.startswith("$"):
        return _get(document, expression[1:])
    if not isinstance(expression, dict):
        return expression
    if not _is_condition(expression):
        found = {name: _evaluate(each, document, now) for name, each in expression.items()}
        return {name: value for name, value in found.items() if value is not _MISSING}
    ((operator, operands),) = expression.items()
    if operator == "$literal":
        return operands
    values = [_evaluate(each, document, now) for each in operands]
    return _operate(operator, values)


def _operate(operator: str, values: list[Any]) -> Any:
    if operator == "$and":
        return all(map(_is_true, values))
    if operator == "$or":
        return any(map(_is_true, values))
    if operator == "$ifNull":
        known = (value for value in values[:-1] if value is not _MISSING and value is not None)
        return next(known, values[-1])
    if operator == "$eq":
        return _same(*values)
    if any(value is _MISSING or value is None for value in values):
        raise NotInMemory(f"{operator} of nothing")
    if operator in _ORDER and type(values[0]) is type(values[1]):
        return _ORDER[operator](*values)
    if operator == "$add":
        first, *others = values
        is_time = isinstance(first, datetime)
        return first + (timedelta(milliseconds=sum(others)) if is_time else sum(others))
    if operator == "$concatArrays":
        return [item for value in values for item in value]
    raise NotInMemory(f"the expression {operator}")


def _apply(document: Document, update: Any, *, is_new: bool) -> None:
    if isinstance(update, list):
        for stage in update:
            ((operator, fields),) = stage.items()
            if operator != "$set":
                raise NotInMemory(f"the stage {operator}")
            values = {path: _evaluate(each, document, _now()) for path, each in fields.items()}
            for path, value in values.items():
                # An object is merged with the one that is there, as MongoDB does.
                there = _get(document, path)
                both = isinstance(value, dict) and isinstance(there, dict)
                _set(document, path, {**there, **value} if both else value)
        return
    for operator, fields in update.items():
        for path, value in fields.items():
            if operator == "$push" and not _is_condition(value):
                _set(document, path, [*_get(document, path, []), value])
            elif operator == "$set" or (operator == "$setOnInsert" and is_new):
                _set(document, path, value)
            elif operator != "$setOnInsert":
                raise NotInMemory(f"the update {operator}")
