"""The keys that sign access tokens: the collection ``signing_keys``. They belong to no tenant.

The private keys are sealed. A row's number is its id, so that two processes that make a key at the
same time end with one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from gateway.store.mongo import Database
from gateway.store.rows import read_fields, write_fields


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredSigningKey:
    """A signing key. One that was replaced verifies tokens until ``expires_at``."""

    id: str
    number: int
    private: bytes = field(repr=False)
    created_at: datetime
    expires_at: datetime | None = None


class SigningKeyStore:
    """The signing keys of the deployment."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection("signing_keys")

    async def add(self, key: StoredSigningKey) -> None:
        """Store a key; raise ``WriteConflict`` if another process stored one of that number."""
        await self._rows.insert(write_fields(key))

    async def all(self, now: datetime) -> list[StoredSigningKey]:
        """Return the keys whose tokens may still be valid, the newest first."""
        rows = await self._rows.find(
            {"$or": [{"expires_at": None}, {"expires_at": {"$gt": now}}]}, sort=[("number", -1)]
        )
        return [read_fields(StoredSigningKey, row) for row in rows]

    async def retire(self, before: int, expires_at: datetime) -> None:
        """Let every key with a smaller number than ``before`` end, unless that is decided."""
        await self._rows.update_many(
            {"number": {"$lt": before}, "expires_at": None}, {"$set": {"expires_at": expires_at}}
        )
