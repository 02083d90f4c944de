"""Pauses that a provider asked for: the collection ``cool_downs``, one row a connection."""

from __future__ import annotations

from datetime import datetime

from gateway.errors import WriteConflict
from gateway.store.fresh.notices import Tag, row_tag
from gateway.store.mongo import Database


class CoolDownStore:
    """Until when each connection pauses."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection("cool_downs")
        self._notices = database.notices

    async def read(self, tenant: str, connection: str) -> datetime | None:
        """Return until when a connection pauses; ``None`` if no provider asked for a pause."""
        row = await self._rows.find_one({"_id": _id(tenant, connection), "tenant": tenant})
        return None if row is None else row["expires_at"]

    async def write(self, tenant: str, connection: str, until: datetime) -> None:
        """Let a connection pause until then. A longer pause that was noted before stays."""
        row = {"_id": _id(tenant, connection), "tenant": tenant}
        with self._notices.telling(cool_down_tag(tenant, connection)):
            for _ in range(2):
                try:
                    await self._rows.update_one(row, {"$max": {"expires_at": until}}, upsert=True)
                    return
                except WriteConflict:  # a concurrent one inserted the row
                    continue


def _id(tenant: str, connection: str) -> str:
    # The platform's connections have the same id in each tenant.
    return f"{tenant}\0{connection}"


def cool_down_tag(tenant: str, connection: str) -> Tag:
    """Return the tag of changes of a connection's pause."""
    return row_tag("cool_downs", _id(tenant, connection))
