"""The lease under which one process, anywhere, refreshes a connection; and the marker of a request.

Both live in the connection's own row, so that claiming, marking, storing the result and losing
against a reconnect are each one atomic update. Owner and fencing number are new with every claim;
all times are the database's. A holder that lost its lease cannot write (security D1 to D4). The
steps are those of docs/refresh.md.
"""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.store.connections import Connection, SealedTokens, Status, read_row, token_fields
from gateway.store.mongo import Database, Document

LEASE_SECONDS = 30
"""Longer than two provider calls may take (``outbound.TOTAL_SECONDS``) plus the writes around them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Marker:
    """A request with a refresh token of this SHA-256 was about to leave, and nobody noted its answer.

    ``age`` is in seconds by the database's clock, at the claim that found it.
    """

    token: str
    age: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Lease:
    """The right to refresh one connection once. ``connection`` is its state at the claim.

    ``ends`` is by this machine's monotonic clock, which counts on while the process is stopped.
    """

    connection: Connection
    owner: str
    ends: float = math.inf
    attempts: int = 0
    marker: Marker | None = None

    @property
    def is_over(self) -> bool:
        """Whether another process may hold the lease by now."""
        return time.monotonic() >= self.ends


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """A refresh seen from outside: ``cool_down`` is in seconds, by the database's clock."""

    moved_on: bool
    held: bool
    cool_down: int


def _passed(time: str) -> Document:
    """Whether a time of the row is unset or not later than the database's clock."""
    return {"$lte": [{"$ifNull": [time, "$$NOW"]}, "$$NOW"]}


FREE: Document = {"$and": [_passed("$refresh.until"), _passed("$refresh.not_before")]}
"""Whether a row may be claimed: no lease is held, and no cool-down is running."""


class RefreshStore:
    """Claims, results and failures of refreshes."""

    def __init__(self, database: Database, lease_seconds: int = LEASE_SECONDS) -> None:
        self._rows = database.collection("connections")
        self._lease_seconds = lease_seconds

    async def claim(self, connection: Connection) -> Lease | None:
        """The lease, or ``None`` if it is held, the row has moved on, or a cool-down is running.

        A row that needs its user has moved on, too: giving up keeps the generation, and the refresh
        token that was refused must not be sent again by who read the row before.
        """
        owner = secrets.token_hex(16)
        ends = time.monotonic() + self._lease_seconds  # a little before the database says so
        row = await self._rows.find_one_and_update(
            _current(connection) | {"status": str(connection.status), "$expr": FREE},
            [{"$set": {
                "refresh.owner": owner,
                "refresh.until": {"$add": ["$$NOW", self._lease_seconds * 1000]},
                "refresh.fencing": {"$add": [{"$ifNull": ["$refresh.fencing", 0]}, 1]},
                "refresh.claimed_at": "$$NOW",
            }}],
            after=True,
        )  # fmt: skip
        claimed = read_row(row)
        if claimed is None or row is None:
            return None
        return Lease(
            connection=claimed,
            owner=owner,
            ends=ends,
            attempts=row["refresh"].get("attempts") or 0,
            marker=_marker(row["refresh"]),
        )

    async def mark(self, lease: Lease, token: str) -> bool:
        """Note that a request with the refresh token of SHA-256 ``token`` is about to leave.

        ``False`` if the lease was lost: then it must not leave.
        """
        marker = {"sent_at": "$$NOW", "token": token}
        return await self._rows.update_one(_held(lease), [{"$set": {"refresh.marker": marker}}])

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
                    "refresh.marker": None,
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
                | {
                    "status": str(Status.NEEDS_REAUTH),
                    "status_reason": reason,
                    "updated_at": now,
                    "refresh.marker": None,
                }
            },
        )

    async def postpone(
        self, lease: Lease, seconds: float, reason: str, *, unknown: bool = False
    ) -> None:
        """Release after a failure that may pass; nobody asks the provider again before ``seconds``.

        ``reason`` is shown with the connection. With ``unknown``, the marker stays: the provider may
        have answered with tokens that never arrived.
        """
        fields: Document = _released() | {
            "refresh.attempts": {"$add": [{"$ifNull": ["$refresh.attempts", 0]}, 1]},
            "refresh.not_before": {"$add": ["$$NOW", int(seconds * 1000)]},
            "status_reason": reason,
        }
        if not unknown:
            fields["refresh.marker"] = None
        await self._rows.update_one(_held(lease), [{"$set": fields}])

    async def release(self, lease: Lease) -> None:
        """Give the lease back without having asked the provider."""
        await self._rows.update_one(_held(lease), {"$set": _released()})

    async def withdraw(self, lease: Lease) -> None:
        """Take back lease and marker: the request that was noted did not leave."""
        await self._rows.update_one(_held(lease), {"$set": _released() | {"refresh.marker": None}})

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


def _marker(refresh: Mapping[str, Any]) -> Marker | None:
    marker = refresh.get("marker")
    if not marker:
        return None
    age = (refresh["claimed_at"] - marker["sent_at"]).total_seconds()
    return Marker(token=marker["token"], age=age)


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
