"""Every sealed value and proof of the database: for rotating encryption keys.

``SEALED`` has one entry for each collection with sealed values, and one for each kind of proof.
This module finds the values and exchanges them under compare-and-set; ``gateway.encryption`` opens
and seals them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.store.mongo import Collection, Database, Document
from gateway.store.proofs import PROVEN, Proven

Batch = list["SealedRow"]


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedFields:
    """The sealed values of a collection: dotted path in the row -> field of the value's place.

    The place consists of the row's ``tenant``, ``owner``, ``connector`` and ``generation``; a
    missing one is empty or 0. ``encryption_key`` is the path of the id of the encryption key that
    sealed the row, if rows store it; the index ``sealed_with`` is then on that path and ``_id``. A
    collection that can grow large needs both. The values of ``proven`` rows are proofs.
    """

    collection: str
    fields: Mapping[str, str]
    encryption_key: str | None = None
    proven: Proven | None = None


TOKENS = SealedFields(
    collection="connections",
    fields={"tokens.access": "access_token", "tokens.refresh": "refresh_token"},
    encryption_key="tokens.key",
)
VERIFIERS = SealedFields(collection="oauth_state", fields={"verifier": "verifier"})
"""Small: rows of the last hour. A used row has no verifier any more."""
WEBHOOK_SECRETS = SealedFields(collection="webhooks", fields={"secret": "secret"})
"""Small: a few rows for each tenant."""
APP_SECRETS = SealedFields(collection="oauth_apps", fields={"secret": "client_secret"})
"""Small: a few rows for each tenant."""
ANSWERS = SealedFields(
    collection="idempotency", fields={"answer.sealed": "answer"}, encryption_key="answer.key"
)
REQUESTS = SealedFields(
    collection="approvals", fields={"request.sealed": "request"}, encryption_key="request.key"
)

GRANTS = SealedFields(
    collection="oauth_grants", fields={"content.sealed": "content"}, encryption_key="content.key"
)
SIGNING_KEYS = SealedFields(collection="signing_keys", fields={"private": "private_key"})
"""Small: the key that signs access tokens, and for an hour the one before."""

PROOFS = tuple(
    SealedFields(collection=each.collection, fields={each.path: each.path}, proven=each)
    for each in PROVEN
)

SEALED = (
    TOKENS,
    VERIFIERS,
    WEBHOOK_SECRETS,
    APP_SECRETS,
    ANSWERS,
    REQUESTS,
    GRANTS,
    SIGNING_KEYS,
    *PROOFS,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedRow:
    """The sealed values of one row by their paths, and the parts of their places.

    ``statement`` is what the row's proof covers, if its values are proofs.
    """

    id: str
    tenant: str
    owner: str
    connector: str
    generation: int | None
    values: Mapping[str, bytes] = field(repr=False)
    statement: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """New values for some paths of a row that was read.

    ``encryption_key`` is set once one encryption key seals all values of the row.
    """

    row: SealedRow
    values: Mapping[str, bytes] = field(repr=False)
    encryption_key: str | None


class SealedStore:
    """The sealed values of one collection."""

    def __init__(self, database: Database, sealed: SealedFields) -> None:
        self.sealed = sealed
        self._rows: Collection = database.collection(sealed.collection)

    async def encryption_keys(self) -> list[str | None]:
        """Return the encryption key ids in rows, and ``None`` for rows without one."""
        if self.sealed.encryption_key is None:
            return [None]
        return [
            None,
            *(key_id for key_id in await self._rows.distinct(self.sealed.encryption_key) if key_id),
        ]

    async def count(self, key_id: str) -> int:
        """Count the rows that name this encryption key."""
        return (
            await self._rows.count({self.sealed.encryption_key: key_id})
            if self.sealed.encryption_key
            else 0
        )

    async def batch(self, key_id: str | None, *, after: str, limit: int) -> Batch:
        """Return rows that name this encryption key, by id, beginning after the id ``after``."""
        query: Document = {"_id": {"$gt": after}}
        if self.sealed.encryption_key is not None:
            query[self.sealed.encryption_key] = key_id
        names = ["tenant", "owner", "connector", "generation", *self.sealed.fields]
        if self.sealed.proven is not None:
            names += self.sealed.proven.fields + self.sealed.proven.optional
        rows = await self._rows.find(
            query,
            sort=[("_id", 1)],
            limit=limit,
            projection=dict.fromkeys(names, 1),
            # With few rows left, MongoDB might otherwise scan all rows by _id.
            index="sealed_with" if self.sealed.encryption_key is not None else None,
        )
        return [self._read(row) for row in rows]

    async def exchange(self, exchanges: Sequence[Exchange]) -> int:
        """Write new values into rows that are unchanged since they were read; return how many.

        The generation stays the same, so no concurrent read or refresh fails because of it.
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
            tenant=row.get("tenant") or "",
            owner=row.get("owner", ""),
            connector=row.get("connector", ""),
            generation=row.get("generation"),
            values={path: value for path, value in values.items() if value},
            statement=self.sealed.proven.statement(row) if self.sealed.proven else None,
        )


def sealed_stores(database: Database) -> list[SealedStore]:
    """Return a store for each collection with sealed values."""
    return [SealedStore(database, sealed) for sealed in SEALED]


def _at(row: Document, path: str) -> Any:
    value: Any = row
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
