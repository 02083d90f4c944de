"""Service keys: the collection ``service_keys``. Secrets are stored only as hashes.

Only rows with a valid proof are keys (``gateway.store.proofs``).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from gateway.store.fresh.notices import Tag, row_tag
from gateway.store.mongo import Database, Document
from gateway.store.proofs import SERVICE_KEYS, Prover
from gateway.store.rows import read_fields, write_fields


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredKey:
    """A service key without its secret.

    Empty ``connectors`` means all. ``assertion_keys`` are public JWKs; without any, no user
    assertion is needed. ``last_used_at`` is accurate to about a minute.
    """

    id: str
    tenant: str
    label: str
    roles: tuple[str, ...]
    secret_hash: str = field(repr=False)
    created_at: datetime
    connectors: tuple[str, ...] = ()
    expires_at: datetime | None = None
    assertion_keys: tuple[Mapping[str, str], ...] = ()
    last_used_at: datetime | None = None


class KeyStore:
    """Service keys."""

    def __init__(self, database: Database, prover: Prover) -> None:
        self._rows = database.collection("service_keys")
        self._notices = database.notices
        self._prover = prover

    async def add(self, key: StoredKey) -> None:
        """Store a new key."""
        row = write_fields(key) | {"assertion_keys": [dict(each) for each in key.assertion_keys]}
        await self._rows.insert(SERVICE_KEYS.prove(self._prover, row))

    async def get(self, key_id: str) -> StoredKey | None:
        """Return the key of that id, of any tenant: the caller's tenant comes from here."""
        row = await self._rows.find_one({"_id": key_id})
        return _read(row) if row and SERVICE_KEYS.holds(self._prover, row) else None

    async def list_for(self, tenant: str) -> list[StoredKey]:
        """Return the tenant's keys, oldest first."""
        rows = await self._rows.find({"tenant": tenant}, sort=[("created_at", 1), ("_id", 1)])
        return [_read(row) for row in rows if SERVICE_KEYS.holds(self._prover, row)]

    async def unproven(self, tenant: str) -> list[StoredKey]:
        """Return the readable rows of the tenant without a valid proof: none of them is a key."""
        rows = await self._rows.find({"tenant": tenant}, sort=[("created_at", 1), ("_id", 1)])
        found = []
        for row in rows:
            with suppress(KeyError, TypeError):  # a planted row may hold anything
                if not SERVICE_KEYS.holds(self._prover, row):
                    found.append(_read(row))
        return found

    async def adopt(self, tenant: str, key_id: str, secret_hash: str) -> bool:
        """Make a row without a valid proof a key, as it is; return whether there was one.

        The row must have the hash of the known secret: an attacker may have put another one there.
        """
        row = await self._rows.find_one(
            {"_id": key_id, "tenant": tenant, "secret_hash": secret_hash}
        )
        if row is None or SERVICE_KEYS.holds(self._prover, row):
            return False
        proven = SERVICE_KEYS.prove(self._prover, row)
        # All of the row is compared, so that no other content is adopted than was read.
        return await self._rows.update_one(row, {"$set": {"proof": proven["proof"]}})

    async def touch(self, tenant: str, key_id: str, now: datetime) -> None:
        """Record that the key is used now. Caches need no notice: no answer depends on it."""
        await self._rows.update_one(
            {"_id": key_id, "tenant": tenant}, {"$max": {"last_used_at": now}}
        )

    async def delete(self, tenant: str, key_id: str) -> bool:
        """Delete a key of the tenant; return whether there was one."""
        query = {"_id": key_id, "tenant": tenant}
        with self._notices.telling(key_tag(key_id)):
            return await self._rows.find_one_and_delete(query) is not None


def key_tag(key_id: str) -> Tag:
    """Return the tag of a key's changes."""
    return row_tag("service_keys", key_id)


def _read(row: Document) -> StoredKey:
    lists = {name: tuple(row[name]) for name in ("roles", "connectors", "assertion_keys")}
    return read_fields(StoredKey, row, **lists)
