"""Browser sessions: the collection ``sessions``. The cookie's value is stored only as a hash.

Only rows with a valid proof are sessions (``gateway.store.proofs``).
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.digest import sha256_hex
from gateway.errors import WriteConflict
from gateway.store.mongo import Database, Document
from gateway.store.proofs import SESSIONS, Prover
from gateway.store.rows import read_fields, write_fields

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=7)
TOUCH = timedelta(minutes=1)
MOST_SEEN = 20
"""The most sessions of a person that are looked at."""
SIGN_OUT_KEPT = timedelta(hours=1)
"""Longer than any arrival is under way."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredSession:
    """A signed-in browser; ``admin`` is what the login said."""

    id: str
    tenant: str
    user: str
    created_at: datetime
    seen_at: datetime
    admin: bool = False


class SessionStore:
    """Signed-in browsers."""

    def __init__(self, database: Database, prover: Prover) -> None:
        self._rows = database.collection("sessions")
        self._sign_outs = database.collection("sign_outs")
        self._prover = prover

    async def add(self, session: StoredSession) -> None:
        """Store a new session."""
        row = write_fields(session) | {"expires_at": session.created_at + ABSOLUTE}
        if not session.admin:
            del row["admin"]  # so that an earlier release can read the row
        await self._rows.insert(SESSIONS.prove(self._prover, row))

    async def get(self, session_id: str, now: datetime) -> StoredSession | None:
        """Return the session if it is alive, and reset its idle time."""
        session = await self.peek(session_id, now)
        if session is not None and now - session.seen_at >= TOUCH:
            await self._rows.update_one({"_id": session_id}, {"$set": {"seen_at": now}})
        return session

    async def peek(self, session_id: str, now: datetime) -> StoredSession | None:
        """Return the session if it is alive, and let its idle time go on."""
        row = await self._rows.find_one(
            {"_id": session_id, "expires_at": {"$gt": now}, "seen_at": {"$gt": now - IDLE}}
        )
        if row is None or not SESSIONS.holds(self._prover, row):
            return None
        return read_fields(StoredSession, row)

    async def has_admin(self, tenant: str, user: str, now: datetime) -> bool:
        """Whether a person is signed in as an administrator now."""
        return bool(await self._alive(tenant, user, now, {"admin": True}))

    async def all_of(self, tenant: str, user: str, now: datetime) -> list[StoredSession]:
        """Return the live sessions of a user, the newest first."""
        rows = await self._alive(tenant, user, now, {})
        found = [read_fields(StoredSession, row) for row in rows]
        return sorted(found, key=lambda session: session.created_at, reverse=True)

    async def _alive(self, tenant: str, user: str, now: datetime, more: Document) -> list[Document]:
        person = {"tenant": tenant, "user": user}
        times = {"expires_at": {"$gt": now}, "seen_at": {"$gt": now - IDLE}}
        rows = await self._rows.find(person | times | more, limit=MOST_SEEN)
        return [row for row in rows if SESSIONS.holds(self._prover, row)]

    async def delete(self, session_id: str) -> None:
        """End a session; idempotent."""
        await self._rows.find_one_and_delete({"_id": session_id})

    async def delete_all(self, tenant: str, user: str) -> int:
        """End every session of a user; return how many, expired ones included."""
        return await self._rows.delete_many({"tenant": tenant, "user": user})

    async def note_sign_out(self, tenant: str, user: str, now: datetime) -> None:
        """Note that a person signs out everywhere: an arrival that began before is over."""
        person = _sign_out_of(tenant, user)
        times = {"at": now, "expires_at": now + SIGN_OUT_KEPT}
        with contextlib.suppress(WriteConflict):  # a concurrent one inserted the row
            await self._sign_outs.update_one(person, {"$max": times}, upsert=True)
            return
        await self._sign_outs.update_one(person, {"$max": times})

    async def signed_out_since(self, tenant: str, user: str, began: datetime) -> bool:
        """Whether the person signed out everywhere at ``began`` or later."""
        query = _sign_out_of(tenant, user) | {"at": {"$gte": began}}
        return await self._sign_outs.find_one(query) is not None


def _sign_out_of(tenant: str, user: str) -> Document:
    return {"_id": sha256_hex(f"{tenant}\0{user}"), "tenant": tenant, "user": user}
