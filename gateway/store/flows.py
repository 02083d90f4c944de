"""Attempts to connect: the collection ``oauth_state``. Ten minutes, used once.

The row is found by the SHA-256 of the state; the state itself, the verifier and the flow cookie are
not in it in clear (security A11). Expiry is checked here: MongoDB's TTL monitor is housekeeping and
may be minutes late (K1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from gateway.digest import sha256_hex
from gateway.store.mongo import Database, Document
from gateway.store.owners import owner_of

FLOW_LIFETIME = timedelta(minutes=10)
MOST_OPEN = 10
"""Attempts of one user that are open at a time; a newer one takes the place of the oldest (L1)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Flow:
    """One attempt. ``verifier`` is sealed, and empty before it is stored and after it was claimed."""

    id: str
    tenant: str
    user: str
    connector: str
    cookie_hash: str
    verifier: bytes = field(default=b"", repr=False)
    connection_config: Mapping[str, str]
    token_url: str
    redirect_uri: str
    reconnect: str | None
    return_to: str
    tool: str | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None

    @property
    def owner(self) -> str:
        """The owner of the connection that the flow will make."""
        return owner_of(self.user)


def flow_id(state: str) -> str:
    """The id of the row of a state."""
    return sha256_hex(state)


class FlowStore:
    """Connect attempts."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection("oauth_state")

    async def add(self, flow: Flow, sealed_verifier: bytes) -> None:
        """Store a new attempt. The verifier comes apart: it is sealed for the row of this flow."""
        await self._rows.insert(
            {
                "_id": flow.id,
                "tenant": flow.tenant,
                "owner": flow.owner,
                "user": flow.user,
                "connector": flow.connector,
                "cookie_hash": flow.cookie_hash,
                "verifier": sealed_verifier,
                "connection_config": dict(flow.connection_config),
                "endpoints": {"token_url": flow.token_url},
                "redirect_uri": flow.redirect_uri,
                "reconnect": flow.reconnect,
                "return_to": flow.return_to,
                "tool": flow.tool,
                "created_at": flow.created_at,
                "expires_at": flow.expires_at,
                "used_at": None,
            }
        )

    async def keep_newest(self, tenant: str, user: str, now: datetime) -> int:
        """Drop the user's open attempts but the newest ``MOST_OPEN``; how many there were of them.

        To be called after ``add``: of any number at once, the last one sees what all of them added.
        """
        mine = {"tenant": tenant, "user": user} | _open(now)
        newest = [("created_at", -1), ("_id", -1)]
        found = await self._rows.find(mine, sort=newest, projection={"_id": True})
        ids = [row["_id"] for row in found[MOST_OPEN:]]
        # One that is claimed meanwhile stays: its person is on the way back.
        return await self._rows.delete_many({"_id": {"$in": ids}} | _open(now)) if ids else 0

    async def count_open(self, now: datetime) -> int:
        """How many attempts are open, of all users and tenants."""
        return await self._rows.count(_open(now))

    async def claim(self, state: str, now: datetime) -> Flow | None:
        """Take the flow of ``state``, once and for all; ``None`` if unknown, used or expired.

        Atomic: of any number of simultaneous callbacks, one gets it. The verifier leaves the row.
        """
        row = await self._rows.find_one_and_update(
            {"_id": flow_id(state)} | _open(now),
            {"$set": {"used_at": now, "verifier": b""}},
            after=False,
        )
        return None if row is None else _read(row)

    async def get(self, state: str) -> Flow | None:
        """The flow of ``state`` as it is now, used and expired ones included."""
        row = await self._rows.find_one({"_id": flow_id(state)})
        return None if row is None else _read(row)


def _open(now: datetime) -> Document:
    return {"used_at": None, "expires_at": {"$gt": now}}


def _read(row: Document) -> Flow:
    plain: dict[str, Any] = {
        name: row[name]
        for name in (
            "tenant",
            "user",
            "connector",
            "cookie_hash",
            "verifier",
            "connection_config",
            "redirect_uri",
            "reconnect",
            "return_to",
            "tool",
            "created_at",
            "expires_at",
            "used_at",
        )
    }
    return Flow(id=row["_id"], token_url=row["endpoints"]["token_url"], **plain)
