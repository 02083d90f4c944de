"""The lease under which one process refreshes a connection, and the marker of its request.

Both are in the connection's row, so each step (claim, mark, store, lose against a reconnect) is one
atomic update. Every claim has a new owner and fencing number; all times are the database's. A
holder that lost its lease cannot write (security D1 to D4). A lease whose request may be under way
does not end by the database's clock, which may jump, but after another process has watched it.
docs/refresh.md describes the steps.
"""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from gateway.store.connection import (
    Connection,
    SealedTokens,
    Status,
    current,
    grant_is_over,
    needs_reauth_event,
    read_connection,
    read_row,
    recovered_event,
    since,
    token_fields,
)
from gateway.store.mongo import Database, Document

LEASE_SECONDS = 30
"""Longer than two provider calls (``outbound.TOTAL_SECONDS``) and the writes around them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Marker:
    """The trace of a refresh request that was about to be sent and has no recorded answer.

    ``token`` is the SHA-256 of its refresh token. ``age`` is in seconds by the database's clock, at
    the claim that found the marker.
    """

    token: str
    age: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Lease:
    """The right to refresh one connection once. ``connection`` is its state at the claim.

    ``ends`` is by ``_elapsed``, which also counts while the process or the machine is stopped.
    """

    connection: Connection
    owner: str
    ends: float = math.inf
    attempts: int = 0
    marker: Marker | None = None

    @property
    def is_over(self) -> bool:
        """Whether another process may hold the lease by now."""
        return _elapsed() >= self.ends


def _elapsed() -> float:
    """Return seconds of a monotonic clock that counts suspended time where the system has one."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def new_owner() -> str:
    """Return a new owner of a lease: 128 random bits."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Holder:
    """A lease as others see it: its owner, and when the owner marked its request (if it did)."""

    owner: str
    sent_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """The state of another refresh; ``cool_down`` is in seconds, by the database's clock.

    ``holder`` is there until the lease is released; ``held`` ends with the lease. ``moved_on`` is
    the connection if its generation or status has changed.
    """

    held: bool
    cool_down: int
    moved_on: Connection | None = None
    holder: Holder | None = field(default=None, compare=False)


def _passed(time: str) -> Document:
    """Whether a time of the row is unset or has passed by the database's clock."""
    return {"$lte": [{"$ifNull": [time, "$$NOW"]}, "$$NOW"]}


def _is_unset(name: str) -> Document:
    return {"$eq": [{"$ifNull": [name, None]}, None]}


FREE: Document = {"$and": [_passed("$refresh.until"), _passed("$refresh.not_before")]}
"""Whether a row has no lease and no cool-down; a request of a past lease may be under way."""
_NOTHING_SENT: Document = {"$or": [_is_unset("$refresh.until"), _is_unset("$refresh.marker")]}
"""Whether the row has no lease, or a lease without a marked request."""


class RefreshLeases:
    """Claims, results and failures of refreshes.

    Every write whose outcome is unknown (``StoreUnavailable``) may be repeated with the same
    arguments: the repetition changes nothing more and returns what the first write would have.
    """

    def __init__(self, database: Database, lease_seconds: int = LEASE_SECONDS) -> None:
        self._rows = database.collection("connections")
        self._notices = database.notices
        self._lease_seconds = lease_seconds

    async def claim(
        self, connection: Connection, owner: str | None = None, silent: Holder | None = None
    ) -> Lease | None:
        """Claim the lease; ``None`` if it is held, the row has changed, or a cool-down is running.

        A lease with a marked request is held until it is released. The caller takes it over by
        naming the ``silent`` holder, which it watched for longer than a lease lasts.

        Each refresh has a new ``owner``. To repeat a claim whose outcome is unknown, pass the same
        owner: a lease of that owner is the caller's.

        A row that became ``needs_reauth`` counts as changed although its generation stays: a caller
        that read the row before must not send the refused refresh token again.
        """
        owner = owner or new_owner()
        ends = self._ends()
        mine: Document = {"$eq": ["$refresh.owner", owner]}
        row = await self._rows.find_one_and_update(
            current(connection)
            | {"status": str(connection.status), "$expr": {"$or": [_claimable(silent), mine]}},
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
        """Record that a request with the refresh token of SHA-256 ``token`` is about to be sent.

        ``None`` if the lease was lost: then do not send it. Otherwise the lease starts again, so
        that the provider has all of it, however long the database took until now.
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
    ) -> Connection | None:
        """Store refreshed tokens as the next generation; ``None`` if the lease was lost."""
        row = await self._end(
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
                    "status_since": since(lease.connection, status, now),
                    "updated_at": now,
                    "refresh.marker": None,
                    "refresh.attempts": 0,
                    "refresh.not_before": None,
                    "refresh.failing_since": None,
                }
            },
            generation=lease.connection.generation + 1,
        )
        return read_row(row)

    async def give_up(self, lease: Lease, reason: str, now: datetime) -> bool:
        """Set the connection to ``needs_reauth``; ``False`` if the lease was lost."""
        ended = await self._end(
            lease,
            "give up",
            {
                "$set": _ended(lease, "give up")
                | grant_is_over(reason, now)
                | {"refresh.marker": None},
                "$push": {"outbox": needs_reauth_event(lease.connection, reason, now)},
            },
        )
        return ended is not None

    async def confirm(self, lease: Lease, rest_seconds: float, now: datetime) -> bool:
        """Note that the provider accepts an API key; ``False`` if the lease was lost.

        The key is not checked again for ``rest_seconds``.
        """
        connection = lease.connection
        was_over = connection.status is Status.NEEDS_REAUTH
        events = [recovered_event(connection, now)] if was_over else []
        ended = await self._end(
            lease,
            "confirm",
            [
                {
                    "$set": _ended(lease, "confirm")
                    | {
                        "status": str(Status.ACTIVE),
                        "status_reason": None,
                        "status_since": since(connection, Status.ACTIVE, now),
                        "updated_at": now,
                        "outbox": {
                            "$concatArrays": [{"$ifNull": ["$outbox", []]}, {"$literal": events}]
                        },
                        "refresh.attempts": 0,
                        "refresh.not_before": {"$add": ["$$NOW", int(rest_seconds * 1000)]},
                        "refresh.failing_since": None,
                    }
                }
            ],
        )
        return ended is not None

    async def postpone(
        self, lease: Lease, seconds: float, reason: str, now: datetime, *, unknown: bool = False
    ) -> bool:
        """Release the lease after a temporary failure, and start a cool-down of ``seconds``.

        ``False`` if the lease was lost. ``reason`` is shown with the connection, with the time of
        the first failure in a row. With ``unknown`` the marker stays: the provider may have issued
        tokens that never arrived.
        """
        fields: Document = _ended(lease, "postpone") | {
            "refresh.attempts": {"$add": [{"$ifNull": ["$refresh.attempts", 0]}, 1]},
            "refresh.not_before": {"$add": ["$$NOW", int(seconds * 1000)]},
            "refresh.failing_since": {"$ifNull": ["$refresh.failing_since", now]},
            "status_reason": reason,
        }
        if not unknown:
            fields["refresh.marker"] = None
        return await self._end(lease, "postpone", [{"$set": fields}]) is not None

    async def end_pauses(self, tenant: str, connector: str, app: str) -> None:
        """End the cool-downs of the connections by a tenant's own app, which has a new secret."""
        paused = {"refresh.not_before": {"$type": "date"}}
        await self._rows.update_many(
            {"tenant": tenant, "connector": connector, "app": app} | paused,
            {"$set": {"refresh.not_before": None, "refresh.attempts": 0}},
        )

    async def release(self, lease: Lease) -> None:
        """Release the lease; the provider was not asked."""
        await self._rows.update_one(_held(lease), {"$set": _released()})

    async def withdraw(self, lease: Lease) -> None:
        """Release the lease and delete the marker: the request was not sent."""
        await self._rows.update_one(_held(lease), {"$set": _released() | {"refresh.marker": None}})

    def _ends(self) -> float:
        return _elapsed() + self._lease_seconds  # slightly earlier than the database's end

    def _until(self) -> Document:
        return {"$add": ["$$NOW", self._lease_seconds * 1000]}

    async def _end(
        self, lease: Lease, step: str, update: Any, *, generation: int | None = None
    ) -> Document | None:
        """Write the last step of a refresh, after which the row has ``generation``; return the row.

        ``None`` if the lease was lost, but not if this same step was already written before.
        """
        with self._notices.telling(*lease.connection.tags):
            row = await self._rows.find_one_and_update(_held(lease), update, after=True)
            if row is not None:
                return row
        taken = current(lease.connection) | {"refresh.ended": _step(lease, step)}
        if generation is not None:
            taken["generation"] = generation
        return await self._rows.find_one(taken)

    async def progress(self, connection: Connection) -> Progress | None:
        """Return the state of the connection's refresh; ``None`` if the connection is gone."""
        found = await self._rows.find_one(
            {"_id": connection.id, "tenant": connection.tenant},
            projection={"row": "$$ROOT", "now": "$$NOW"},
        )
        if found is None:
            return None
        now, row = found["now"], found["row"]
        refresh = row["refresh"]
        until, not_before = refresh.get("until"), refresh.get("not_before")
        wait = (not_before - now).total_seconds() if not_before else 0
        seen = connection.generation, str(connection.status)
        return Progress(
            moved_on=None if (row["generation"], row["status"]) == seen else read_connection(row),
            held=until is not None and until > now,
            cool_down=max(0, math.ceil(wait)),
            holder=_holder(refresh),
        )


def _claimable(silent: Holder | None) -> Document:
    """Whether a row may be claimed, by a caller that watched the holder ``silent``."""
    free: Document = {"$and": [FREE, _NOTHING_SENT]}
    if silent is None:
        return free
    sent_at = {"$ifNull": ["$refresh.marker.sent_at", None]}
    same = [{"$eq": ["$refresh.owner", silent.owner]}, {"$eq": [sent_at, silent.sent_at]}]
    return {"$or": [free, {"$and": [*same, _passed("$refresh.not_before")]}]}


def _holder(refresh: Mapping[str, Any]) -> Holder | None:
    owner = refresh.get("owner")
    return Holder(owner, (refresh.get("marker") or {}).get("sent_at")) if owner else None


def _marker(refresh: Mapping[str, Any]) -> Marker | None:
    marker = refresh.get("marker")
    if not marker:
        return None
    age = (refresh["claimed_at"] - marker["sent_at"]).total_seconds()
    return Marker(token=marker["token"], age=age)


def _held(lease: Lease) -> Document:
    return current(lease.connection) | {"refresh.owner": lease.owner}


def _released() -> Document:
    return {"refresh.owner": None, "refresh.until": None}


def _ended(lease: Lease, step: str) -> Document:
    """Release the lease and name owner and step, so that a repeated write recognises itself."""
    return _released() | {"refresh.ended": _step(lease, step)}


def _step(lease: Lease, step: str) -> Document:
    return {"by": lease.owner, "step": step}
