"""The lease under which one process, anywhere, refreshes a connection.

It lives in the connection's own row, so that claiming it, storing the result and losing against a
reconnect are each one atomic update. Owner and fencing number are new with every claim; its end is
the database's time. A holder that lost its lease cannot write (security D1 to D3).
"""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass
from datetime import datetime

from gateway.store.connections import Connection, SealedTokens, Status, read_row, token_fields
from gateway.store.mongo import Database, Document

LEASE_SECONDS = 20
"""Longer than any provider call may take (``outbound.TOTAL_SECONDS``) plus the writes around it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lease:
    """The right to refresh one connection once. ``connection`` is its state at the claim."""

    connection: Connection
    owner: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """A refresh seen from outside: ``cool_down`` is in seconds, by the database's clock."""

    moved_on: bool
    held: bool
    cool_down: int


class RefreshStore:
    """Claims, results and failures of refreshes."""

    def __init__(self, database: Database, lease_seconds: int = LEASE_SECONDS) -> None:
        self._rows = database.collection("connections")
        self._lease_seconds = lease_seconds

    async def claim(self, connection: Connection) -> Lease | None:
        """The lease, or ``None`` if it is held, the row has moved on, or a cool-down is running.

        A row whose status changed has moved on, too: giving up keeps the generation, and the refresh
        token that was refused must not be sent again by who read the row before.
        """
        owner = secrets.token_hex(16)
        free = {"$and": [_passed("$refresh.until"), _passed("$refresh.not_before")]}
        row = await self._rows.find_one_and_update(
            _current(connection) | {"status": str(connection.status), "$expr": free},
            [{"$set": {
                "refresh.owner": owner,
                "refresh.until": {"$add": ["$$NOW", self._lease_seconds * 1000]},
                "refresh.fencing": {"$add": [{"$ifNull": ["$refresh.fencing", 0]}, 1]},
            }}],
            after=True,
        )  # fmt: skip
        claimed = read_row(row)
        return None if claimed is None else Lease(connection=claimed, owner=owner)

    async def store(
        self,
        lease: Lease,
        tokens: SealedTokens,
        scopes: tuple[str, ...],
        status: Status,
        now: datetime,
    ) -> bool:
        """Store refreshed tokens as the next generation; ``False`` if the lease was lost."""
        return await self._rows.update_one(
            _held(lease),
            {
                "$set": token_fields(tokens)
                | _released()
                | {
                    "generation": lease.connection.generation + 1,
                    "scopes.granted": list(scopes),
                    "status": str(status),
                    "status_reason": None,
                    "updated_at": now,
                    "refresh.attempts": 0,
                    "refresh.not_before": None,
                }
            },
        )

    async def give_up(self, lease: Lease, reason: str, now: datetime) -> bool:
        """Mark the connection as needing the user; ``False`` if it has moved on meanwhile."""
        return await self._rows.update_one(
            _held(lease),
            {
                "$set": _released()
                | {"status": str(Status.NEEDS_REAUTH), "status_reason": reason, "updated_at": now}
            },
        )

    async def postpone(self, lease: Lease, seconds: float) -> None:
        """Release after a failure that may pass; nobody asks the provider again before ``seconds``."""
        await self._rows.update_one(
            _held(lease),
            [{"$set": _released() | {
                "refresh.attempts": {"$add": [{"$ifNull": ["$refresh.attempts", 0]}, 1]},
                "refresh.not_before": {"$add": ["$$NOW", int(seconds * 1000)]},
            }}],
        )  # fmt: skip

    async def progress(self, connection: Connection) -> Progress | None:
        """How the refresh of this connection stands; ``None`` if the connection is gone."""
        row = await self._rows.find_one(
            {"_id": connection.id, "tenant": connection.tenant},
            projection={"generation": 1, "status": 1, "refresh": 1, "now": "$$NOW"},
        )
        if row is None:
            return None
        now, refresh = row["now"], row["refresh"]
        until, not_before = refresh.get("until"), refresh.get("not_before")
        wait = (not_before - now).total_seconds() if not_before else 0
        return Progress(
            moved_on=row["generation"] != connection.generation
            or row["status"] != str(connection.status),
            held=until is not None and until > now,
            cool_down=max(0, math.ceil(wait)),
        )


def _passed(time: str) -> Document:
    """Whether a time of the row is unset or not later than the database's clock."""
    return {"$lte": [{"$ifNull": [time, "$$NOW"]}, "$$NOW"]}


def _current(connection: Connection) -> Document:
    return {
        "_id": connection.id,
        "tenant": connection.tenant,
        "generation": connection.generation,
    }


def _held(lease: Lease) -> Document:
    return _current(lease.connection) | {"refresh.owner": lease.owner}


def _released() -> Document:
    return {"refresh.owner": None, "refresh.until": None}
