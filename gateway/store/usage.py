"""Usage events: the collection ``usage``, one row for each attempt to call a provider.

A row says who called what, how it ended, how much went over the wire and what it cost. It holds no
header, no body, no query, and of the path only its template. MongoDB removes it at ``expires_at``,
where it has one (a TTL index).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bson import ObjectId

from gateway.store.mongo import Database, Document


class Result(StrEnum):
    """How an attempt ended; docs/usage.md explains each in a sentence."""

    ANSWERED = "answered"
    REFUSED_BY_RULE = "refused_by_rule"
    REFUSED = "refused"
    ABORTED = "aborted"
    CANCELLED = "cancelled"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One attempt. ``sent`` and ``received`` are bytes of bodies, times are in milliseconds.

    ``operation`` is the method and the path's template. ``error`` is a code of the gateway's own.
    """

    id: str
    time: datetime
    tenant: str
    user: str
    owner: str
    key: str
    connector: str
    connection: str | None
    operation: str
    host: str
    request: str
    result: Result
    status: int | None
    error: str | None
    sent: int
    received: int
    gateway_ms: float
    provider_ms: float


class UsageStore:
    """Adds events and finds them. Every search takes the caller's tenant (rule 6)."""

    def __init__(self, database: Database, keep: timedelta | None = None) -> None:
        """``keep`` is how long an event is kept; ``None`` keeps it for ever."""
        self._rows = database.collection("usage")
        self._keep = keep

    def document(self, event: Event) -> Document:
        """Return an event as it is stored. Adding it twice is harmless: it has its id."""
        document: Document = {
            name: getattr(event, name) for name in Event.__dataclass_fields__ if name != "id"
        }
        document |= {"_id": ObjectId(event.id), "result": str(event.result)}
        if self._keep is not None:
            document["expires_at"] = event.time + self._keep
        return document

    async def add(self, documents: Sequence[Document]) -> None:
        """Add the results of ``document`` (at least one); those that exist already are skipped."""
        await self._rows.insert_missing(documents)


def new_id() -> str:
    """Return the id of a new event."""
    return str(ObjectId())
