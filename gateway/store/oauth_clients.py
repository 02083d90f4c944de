"""Clients that registered themselves (RFC 7591): the collection ``oauth_clients``.

A registration needs no sign-in, so it belongs to no tenant. Only rows with a valid proof are
clients. One that nobody let in ends after a day, one that is not used any more after some months.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.store.mongo import Database
from gateway.store.proofs import OAUTH_CLIENTS, Prover
from gateway.store.rows import read_fields, write_fields

UNUSED = timedelta(days=1)
IDLE = timedelta(days=90)


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredClient:
    """A registration. ``secret_hash`` is set where the client has a secret."""

    id: str
    name: str
    redirect_uris: tuple[str, ...]
    auth_method: str
    secret_hash: str | None = field(repr=False)
    refreshes: bool
    created_at: datetime
    used_at: datetime | None = None


class ClientStore:
    """The registered clients of the deployment."""

    def __init__(self, database: Database, prover: Prover) -> None:
        self._rows = database.collection("oauth_clients")
        self._prover = prover

    async def add(self, client: StoredClient) -> None:
        """Store a new client."""
        row = write_fields(client) | {
            "redirect_uris": [*client.redirect_uris],
            "expires_at": client.created_at + UNUSED,
        }
        await self._rows.insert(OAUTH_CLIENTS.prove(self._prover, row))

    async def get(self, client_id: str, now: datetime) -> StoredClient | None:
        """Return the client of that id, if its time is not over."""
        row = await self._rows.find_one({"_id": client_id, "expires_at": {"$gt": now}})
        if row is None or not OAUTH_CLIENTS.holds(self._prover, row):
            return None
        return read_fields(StoredClient, row, redirect_uris=tuple(row["redirect_uris"]))

    async def touch(self, client_id: str, now: datetime) -> None:
        """Record that a person has let the client in, or that it renewed a token."""
        await self._rows.update_one(
            {"_id": client_id}, {"$max": {"used_at": now, "expires_at": now + IDLE}}
        )

    async def count_unused(self, now: datetime) -> int:
        """Count the clients that nobody has let in yet."""
        return await self._rows.count({"used_at": None, "expires_at": {"$gt": now}})
