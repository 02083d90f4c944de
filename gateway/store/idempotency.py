"""Requests with an idempotency key: the collection ``idempotency``, one row for each key.

A row is made before its request is sent, and says afterwards how it was answered. Its ``holder``
extends ``until`` while the request runs; a row that is over without an answer is of a process that
died, or of a request whose outcome is unknown. Every step is one atomic update.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from gateway.errors import WriteConflict
from gateway.store.mongo import Database, Document


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyedCall:
    """A request that was given a key, as it is stored.

    ``status`` is of the provider's answer, and ``answer`` the sealed answer if it was kept.
    """

    id: str
    tenant: str
    connector: str
    fingerprint: str
    holder: str
    until: datetime
    expires_at: datetime
    status: int | None = None
    answer: bytes | None = field(default=None, repr=False)


class IdempotencyStore:
    """The requests with a key."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection("idempotency")

    async def get(self, tenant: str, call_id: str, now: datetime) -> KeyedCall | None:
        """Return the request of that id, unless it has expired."""
        row = await self._rows.find_one(_named(tenant, call_id) | {"expires_at": {"$gt": now}})
        return _read(row) if row else None

    async def claim(self, call: KeyedCall, now: datetime) -> bool:
        """Store a new request; return False if there is one of its id that has not expired."""
        row = {
            "connector": call.connector,
            "fingerprint": call.fingerprint,
            "holder": call.holder,
            "until": call.until,
            "expires_at": call.expires_at,
        }
        try:
            await self._rows.update_one(
                _named(call.tenant, call.id) | {"expires_at": {"$lte": now}},
                {"$set": row, "$unset": {"status": "", "answer": ""}},
                upsert=True,
            )
        except WriteConflict:
            return False
        return True

    async def extend(self, call: KeyedCall, until: datetime) -> bool:
        """Say that the request still runs; return whether its row is there."""
        return await self._rows.update_one(_held(call), {"$set": {"until": until}})

    async def keep(
        self, call: KeyedCall, *, status: int, answer: bytes | None, encryption_key: str
    ) -> bool:
        """Store how the request was answered; return whether its row is there."""
        fields: Document = {"status": status}
        if answer is not None:
            fields["answer"] = {"sealed": answer, "key": encryption_key}
        return await self._rows.update_one(_held(call), {"$set": fields})

    async def release(self, call: KeyedCall) -> None:
        """Forget a request that had no effect: its key may be used again."""
        await self._rows.delete_many(_held(call))


def _named(tenant: str, call_id: str) -> Document:
    return {"_id": call_id, "tenant": tenant}


def _held(call: KeyedCall) -> Document:
    return _named(call.tenant, call.id) | {"holder": call.holder, "status": {"$exists": False}}


def _read(row: Document) -> KeyedCall:
    return KeyedCall(
        id=row["_id"],
        tenant=row["tenant"],
        connector=row["connector"],
        fingerprint=row["fingerprint"],
        holder=row["holder"],
        until=row["until"],
        expires_at=row["expires_at"],
        status=row.get("status"),
        answer=row.get("answer", {}).get("sealed"),
    )
