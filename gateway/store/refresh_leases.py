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
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gateway.store.connections import Connection, SealedTokens, Status, read_row, token_fields
from gateway.store.events import EventType, new_event
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


def new_owner() -> str:
    """An owner of a lease: 128 random bits."""
    return secrets.token_hex(16)


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


class RefreshLeases:
    """Claims, results and failures of refreshes.

    Every write may be repeated with the same arguments where its outcome is unknown
    (``StoreUnavailable``): the second one changes nothing that the first has done, and says what
    the first would have said.
    """

    def __init__(self, database: Database, lease_seconds: int = LEASE_SECONDS) -> None:
        self._rows = database.collection("connections")
        self._notices = database.notices
        self._lease_seconds = lease_seconds

    async def claim(self, connection: Connection, owner: str | None = None) -> Lease | None:
        """The lease, or ``None`` if it is held, the row has moved on, or a cool-down is running.

        ``owner`` is a new one for each refresh; who repeats a claim whose outcome is unknown names
        the same: a lease of that owner is its own.

        A row that needs its user has moved on, too: giving up keeps the generation, and the refresh
        token that was refused must not be sent again by who read the row before.
        """
        owner = owner or new_owner()
        ends = self._ends()
        mine: Document = {"$eq": ["$refresh.owner", owner]}
        row = await self._rows.find_one_and_update(
            _current(connection)
            | {"status": str(connection.status), "$expr": {"$or": [FREE, mine]}},
            [
                {
                    "$set": {
                        "refresh.owner": owner,
                        "refresh.until": self._until(),
                        "refresh.fencing": {"$add": [{"$ifNull": ["$refresh.fencing", 0]}, 1]},
                        "refresh.claimed_at": "$$NOW",
                    }
                }
            ],
            after=True,
        )
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

    async def mark(self, lease: Lease, token: str) -> Lease | None:
        """Note that a request with the refresh token of SHA-256 ``token`` is about to leave.

        ``None`` if the lease was lost: then it must not leave. Else the lease begins anew, so that
        all of it is left for the provider, however long the database took until here.
        """
        ends = self._ends()
        marked = await self._rows.update_one(
            _held(lease),
            [
                {
                    "$set": {
                        "refresh.marker": {"sent_at": "$$NOW", "token": token},
                        "refresh.until": self._until(),
                    }
                }
            ],
        )
        return replace(lease, ends=ends) if marked else None

    async def store(
        self,
        lease: Lease,
        tokens: SealedTokens,
        scopes: tuple[str, ...],
        status: Status,
        now: datetime,
    ) -> bool:
        """Store refreshed tokens as the next generation; ``False`` if the lease was lost."""
        return await self._end(
            lease,
            "store",
            {
                "$set": token_fields(tokens)
                | _ended(lease, "store")
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
            generation=lease.connection.generation + 1,
        )

    async def give_up(self, lease: Lease, reason: str, now: datetime) -> bool:
        """Mark the connection as needing the user; ``False`` if it has moved on meanwhile."""
        lost, status = lease.connection, str(Status.NEEDS_REAUTH)
        event = new_event(
            EventType.NEEDS_REAUTH,
            now,
            tenant=lost.tenant,
            connection=lost.id,
            generation=lost.generation,
            connector=lost.connector,
            owner=lost.owner,
            status=status,
            reason=reason,
        )
        return await self._end(
            lease,
            "give up",
            {
                "$set": _ended(lease, "give up")
                | {
                    "status": status,
                    "status_reason": reason,
                    "updated_at": now,
                    "refresh.marker": None,
                },
                "$push": {"outbox": event},
            },
        )

    async def postpone(
        self, lease: Lease, seconds: float, reason: str, *, unknown: bool = False
    ) -> bool:
        """Release after a failure that may pass; nobody asks the provider again before ``seconds``.

        ``False`` if the lease was lost. ``reason`` is shown with the connection. With ``unknown``,
        the marker stays: the provider may have answered with tokens that never arrived.
        """
        fields: Document = _ended(lease, "postpone") | {
            "refresh.attempts": {"$add": [{"$ifNull": ["$refresh.attempts", 0]}, 1]},
            "refresh.not_before": {"$add": ["$$NOW", int(seconds * 1000)]},
            "status_reason": reason,
        }
        if not unknown:
            fields["refresh.marker"] = None
        return await self._end(lease, "postpone", [{"$set": fields}])

    async def release(self, lease: Lease) -> None:
        """Give the lease back without having asked the provider."""
        await self._rows.update_one(_held(lease), {"$set": _released()})

    async def withdraw(self, lease: Lease) -> None:
        """Take back lease and marker: the request that was noted did not leave."""
        await self._rows.update_one(_held(lease), {"$set": _released() | {"refresh.marker": None}})

    def _ends(self) -> float:
        return time.monotonic() + self._lease_seconds  # a little before the database says so

    def _until(self) -> Document:
        return {"$add": ["$$NOW", self._lease_seconds * 1000]}

    async def _end(
        self, lease: Lease, step: str, update: Any, *, generation: int | None = None
    ) -> bool:
        """Write the last step of a refresh, after which the row has ``generation``.

        ``False`` if the lease was lost; not if it is gone because this step was taken before.
        """
        with self._notices.telling(*lease.connection.tags):
            if await self._rows.update_one(_held(lease), update):
                return True
        taken = _current(lease.connection) | {"refresh.ended": _step(lease, step)}
        if generation is not None:
            taken["generation"] = generation
        return await self._rows.find_one(taken, projection={"_id": 1}) is not None

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
    return {"_id": connection.id, "tenant": connection.tenant, "generation": connection.generation}


def _held(lease: Lease) -> Document:
    return _current(lease.connection) | {"refresh.owner": lease.owner}


def _released() -> Document:
    return {"refresh.owner": None, "refresh.until": None}


def _ended(lease: Lease, step: str) -> Document:
    """Released, and by which step of whom: so that a write of unknown outcome is known as done."""
    return _released() | {"refresh.ended": _step(lease, step)}


def _step(lease: Lease, step: str) -> Document:
    return {"by": lease.owner, "step": step}
