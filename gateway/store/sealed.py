"""Every sealed value of the database, whatever it belongs to: for changing encryption keys.

A collection that holds sealed values is one entry of ``SEALED``. The values themselves are opened
and sealed elsewhere; here they are found, and exchanged under compare-and-set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.store.mongo import Collection, Database, Document

Batch = list["SealedRow"]


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedFields:
    """Where a collection has sealed values: dotted path in the row -> field of the value's place.

    The place is made of the row's ``tenant``, ``owner``, ``connector`` and ``generation``: empty, and 0,
    where it has none. ``encryption_key`` is the path of the id of the encryption key that sealed them, if rows hold it; then
    the index ``sealed_with`` is of it and ``_id``. A collection that can grow large needs both.
    """

    collection: str
    fields: Mapping[str, str]
    encryption_key: str | None = None


TOKENS = SealedFields(
    collection="connections",
    fields={"tokens.access": "access_token", "tokens.refresh": "refresh_token"},
    encryption_key="tokens.key",
)
VERIFIERS = SealedFields(collection="oauth_state", fields={"verifier": "verifier"})
"""Small: rows of the last hour. A used row has no verifier any more."""
WEBHOOK_SECRETS = SealedFields(collection="webhooks", fields={"secret": "secret"})
"""Small: a few rows for each tenant."""

SEALED = (TOKENS, VERIFIERS, WEBHOOK_SECRETS)


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedRow:
    """The sealed values of one row by their paths, and what their places are made of."""

    id: str
    tenant: str
    owner: str
    connector: str
    generation: int | None
    values: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """New values for some paths of a row as it was read; ``key_id`` once one key sealed them all."""

    row: SealedRow
    values: Mapping[str, bytes] = field(repr=False)
    encryption_key: str | None


class SealedStore:
    """The sealed values of one collection."""

    def __init__(self, database: Database, sealed: SealedFields) -> None:
        self.sealed = sealed
        self._rows: Collection = database.collection(sealed.collection)

    async def encryption_keys(self) -> list[str | None]:
        """The key ids that rows hold, and ``None`` for rows that do not say."""
        if self.sealed.encryption_key is None:
            return [None]
        return [
            None,
            *(key_id for key_id in await self._rows.distinct(self.sealed.encryption_key) if key_id),
        ]

    async def count(self, key_id: str) -> int:
        """How many rows say that they are sealed with this key."""
        return (
            await self._rows.count({self.sealed.encryption_key: key_id})
            if self.sealed.encryption_key
            else 0
        )

    async def batch(self, key_id: str | None, *, after: str, limit: int) -> Batch:
        """Rows that say so of their key, in the order of their ids, from the one ``after`` on."""
        query: Document = {"_id": {"$gt": after}}
        if self.sealed.encryption_key is not None:
            query[self.sealed.encryption_key] = key_id
        names = ["tenant", "owner", "connector", "generation", *self.sealed.fields]
        rows = await self._rows.find(
            query,
            sort=[("_id", 1)],
            limit=limit,
            projection=dict.fromkeys(names, 1),
            # Where few rows are left, MongoDB might otherwise walk through all of them by _id.
            index="sealed_with" if self.sealed.encryption_key is not None else None,
        )
        return [self._read(row) for row in rows]

    async def exchange(self, exchanges: Sequence[Exchange]) -> int:
        """Write new values where a row still is as it was read; in how many it was.

        The generation stays the same: nobody who reads or refreshes loses against this.
        """
        return await self._rows.update_each([self._update(change) for change in exchanges])

    def _update(self, change: Exchange) -> tuple[Document, Document]:
        row = change.row
        query: Document = {"_id": row.id, **row.values}
        if row.generation is not None:
            query["generation"] = row.generation
        fields: Document = dict(change.values)
        if self.sealed.encryption_key is not None and change.encryption_key is not None:
            fields[self.sealed.encryption_key] = change.encryption_key
        return query, {"$set": fields}

    def _read(self, row: Document) -> SealedRow:
        values = {path: _at(row, path) for path in self.sealed.fields}
        return SealedRow(
            id=row["_id"],
            tenant=row.get("tenant", ""),
            owner=row.get("owner", ""),
            connector=row.get("connector", ""),
            generation=row.get("generation"),
            values={path: value for path, value in values.items() if value},
        )


def sealed_stores(database: Database) -> list[SealedStore]:
    """One for each collection with sealed values."""
    return [SealedStore(database, sealed) for sealed in SEALED]


def _at(row: Document, path: str) -> Any:
    value: Any = row
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
