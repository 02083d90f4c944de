"""The grants of people to agents: the collection ``oauth_grants``, one row for each consent.

The fields that decide are sealed in ``content``. The others are for queries and for showing, and
for the two facts that change: whether the code was used, and which refresh token is the newest.
Each change is one atomic update that names the state before. A grant ends when its row is deleted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from gateway.store.mongo import Database, Document
from gateway.store.rows import read_fields, write_fields


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredGrant:
    """A grant. ``owner`` is the user. ``serial`` is the number of the newest refresh token.

    Before its code is used (``code_used_at``), it has no tokens.
    """

    id: str
    tenant: str
    owner: str
    client: str
    created_at: datetime
    expires_at: datetime
    content: bytes = field(repr=False)
    encryption_key: str
    serial: int = 0
    code_used_at: datetime | None = None
    used_at: datetime | None = None


class GrantStore:
    """The grants of agents."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection("oauth_grants")

    async def add(self, grant: StoredGrant) -> None:
        """Store a new grant."""
        row = write_fields(grant)
        row["content"] = {"sealed": row.pop("content"), "key": row.pop("encryption_key")}
        await self._rows.insert(row)

    async def get(self, grant_id: str, now: datetime) -> StoredGrant | None:
        """Return a grant of any tenant: codes and refresh tokens name none."""
        row = await self._rows.find_one({"_id": grant_id, "expires_at": {"$gt": now}})
        return None if row is None else _read(row)

    async def lives(self, tenant: str, owner: str, grant_id: str, now: datetime) -> bool:
        """Whether the grant has tokens and has not ended."""
        row = await self._rows.find_one(
            _of(tenant, owner, grant_id)
            | {"code_used_at": {"$ne": None}, "expires_at": {"$gt": now}},
            projection={"_id": 1},
        )
        return row is not None

    async def of(self, tenant: str, owner: str, now: datetime) -> list[StoredGrant]:
        """Return a person's grants with tokens, the newest first."""
        rows = await self._rows.find(
            {
                "tenant": tenant,
                "owner": owner,
                "code_used_at": {"$ne": None},
                "expires_at": {"$gt": now},
            },
            sort=[("created_at", -1)],
        )
        return [_read(row) for row in rows]

    async def use_code(self, grant: StoredGrant, now: datetime, expires_at: datetime) -> bool:
        """Use the code of a grant; return whether it was unused."""
        return await self._rows.update_one(
            _of(grant.tenant, grant.owner, grant.id)
            | {"code_used_at": None, "expires_at": {"$gt": now}},
            {"$set": {"code_used_at": now, "used_at": now, "expires_at": expires_at, "serial": 1}},
        )

    async def use_refresh_token(
        self, grant: StoredGrant, serial: int, now: datetime, expires_at: datetime
    ) -> bool:
        """Use the refresh token of that number; return whether it was the newest."""
        return await self._rows.update_one(
            _of(grant.tenant, grant.owner, grant.id)
            | {"serial": serial, "code_used_at": {"$ne": None}, "expires_at": {"$gt": now}},
            {"$set": {"serial": serial + 1, "used_at": now, "expires_at": expires_at}},
        )

    async def end(self, tenant: str, owner: str, grant_id: str) -> bool:
        """End a grant; return whether there was one."""
        return await self._rows.find_one_and_delete(_of(tenant, owner, grant_id)) is not None

    async def end_all(self, tenant: str, owner: str) -> int:
        """End all grants of a person, also those whose code is not used yet; return how many."""
        return await self._rows.delete_many({"tenant": tenant, "owner": owner})

    async def end_oldest(self, tenant: str, owner: str, keep: int) -> None:
        """End a person's oldest grants, so that ``keep`` are left."""
        rows = await self._rows.find(
            {"tenant": tenant, "owner": owner},
            sort=[("created_at", -1)],
            projection={"_id": 1},
            limit=keep + 100,
        )
        for row in rows[keep:]:
            await self.end(tenant, owner, row["_id"])


def _of(tenant: str, owner: str, grant_id: str) -> Document:
    return {"_id": grant_id, "tenant": tenant, "owner": owner}


def _read(row: Document) -> StoredGrant:
    content = row["content"]
    return read_fields(
        StoredGrant, row, content=content["sealed"], encryption_key=content.get("key", "")
    )
