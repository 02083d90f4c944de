"""Service keys: the collection ``service_keys``. Secrets are stored as hashes only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from gateway.store.mongo import Database, Document


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredKey:
    """A service key without its secret."""

    id: str
    tenant: str
    label: str
    roles: tuple[str, ...]
    secret_hash: str = field(repr=False)
    created_at: datetime


class KeyStore:
    """Service keys."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection("service_keys")

    async def add(self, key: StoredKey) -> None:
        """Store a new key."""
        await self._rows.insert({
            "_id": key.id, "tenant": key.tenant, "label": key.label, "roles": list(key.roles),
            "secret_hash": key.secret_hash, "created_at": key.created_at,
        })  # fmt: skip

    async def get(self, key_id: str) -> StoredKey | None:
        """The key of that id, of whichever tenant: this is where a caller's tenant comes from."""
        row = await self._rows.find_one({"_id": key_id})
        return None if row is None else _read(row)

    async def list_for(self, tenant: str) -> list[StoredKey]:
        """The tenant's keys, oldest first."""
        rows = await self._rows.find({"tenant": tenant}, sort=[("created_at", 1), ("_id", 1)])
        return [_read(row) for row in rows]

    async def delete(self, tenant: str, key_id: str) -> bool:
        """Delete a key of the tenant; whether there was one."""
        return await self._rows.find_one_and_delete({"_id": key_id, "tenant": tenant}) is not None


def _read(row: Document) -> StoredKey:
    return StoredKey(
        id=row["_id"],
        tenant=row["tenant"],
        label=row["label"],
        roles=tuple(row["roles"]),
        secret_hash=row["secret_hash"],
        created_at=row["created_at"],
    )
