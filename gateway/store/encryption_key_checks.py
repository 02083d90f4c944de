"""Check values of encryption keys: the collection ``vault``, one row for each encryption key.

A row stays when its encryption key is gone: the id is never used for another one.
"""

from __future__ import annotations

from datetime import datetime

from gateway.errors import WriteConflict
from gateway.store.mongo import Database


class EncryptionKeyCheckStore:
    """The check values of all encryption keys that this database was ever used with."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection("vault")

    async def get(self, key_id: str) -> bytes | None:
        """Return the check value of an encryption key, if it was used before."""
        row = await self._rows.find_one({"_id": key_id})
        return None if row is None else row["check"]

    async def add(self, key_id: str, check: bytes, now: datetime) -> bool:
        """Store a new encryption key's check value; ``False`` if another process was faster."""
        try:
            await self._rows.insert({"_id": key_id, "check": check, "created_at": now})
        except WriteConflict:
            return False
        return True
