"""Events of connections, for webhooks (docs/webhooks.md).

An event is written in the same atomic update as the change that it reports: into ``outbox``, a list
in the connection's row; or, where the row is deleted, into the collection ``events`` in the same
transaction. So no crash can leave an event without its change, or a change without its event. A
worker copies the event into the queue of each webhook (``gateway.store.deliveries``) and only then
removes it.

An event names no account at the provider and holds no token: after a disconnect, both must be gone
(security E6).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from gateway.store.indexes import WAITING_EVENTS
from gateway.store.mongo import Collection, Database, Document
from gateway.store.owners import user_of
from gateway.store.rows import read_fields, write_fields


class EventType(StrEnum):
    """The types of events."""

    CREATED = "connection.created"
    NEEDS_REAUTH = "connection.needs_reauth"
    RECOVERED = "connection.recovered"
    DISCONNECTED = "connection.disconnected"
    APPROVAL_WAITING = "approval.waiting"
    APPROVAL_DECIDED = "approval.decided"
    TOOLS_CHANGED = "integration.tools_changed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """A change of a connection; ``status`` and ``reason`` are those after the change.

    ``type`` is an ``EventType``, or a type that a newer process of the same deployment wrote.
    ``generation`` orders the events of one connection, ``time`` those of one generation.
    """

    id: str
    type: str
    time: datetime
    tenant: str
    connection: str
    generation: int
    connector: str
    owner: str
    status: str
    reason: str | None
    approval: str | None = None
    """The id of the approval that it is about: ``status`` is the approval's, then."""
    asked: str | None = None
    """The user whom that approval asks."""

    @property
    def user(self) -> str | None:
        """The user id in ``owner``, or whom an approval asks; else ``None``."""
        return self.asked or user_of(self.owner)


def new_event(
    kind: EventType,
    time: datetime,
    *,
    tenant: str,
    connection: str,
    generation: int,
    connector: str,
    owner: str,
    status: str,
    reason: str | None = None,
    approval: str | None = None,
    asked: str | None = None,
) -> Document:
    """Return a new event, with a new id, as it is stored."""
    event = Event(
        id=f"evt_{secrets.token_hex(12)}",
        type=str(kind),
        time=time,
        tenant=tenant,
        connection=connection,
        generation=generation,
        connector=connector,
        owner=owner,
        status=status,
        reason=reason,
        approval=approval,
        asked=asked,
    )
    return write_fields(event)


async def keep(events: Collection, event: Document, *, transaction: Any) -> None:
    """Write an event into ``events``, in a transaction if given, unless it is there already."""
    query = {"_id": event["_id"], "tenant": event["tenant"]}
    fields = {name: value for name, value in event.items() if name not in query}
    await events.update_one(query, {"$setOnInsert": fields}, upsert=True, transaction=transaction)


class EventStore:
    """Adds events that belong to no row of a connection."""

    def __init__(self, database: Database) -> None:
        self._events = database.collection("events")

    async def add(self, event: Document) -> None:
        """Store an event for the workers."""
        await keep(self._events, event, transaction=None)


class Outbox:
    """The events of all tenants that wait for a worker. They are passed on, never shown."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection("connections")
        self._events = database.collection("events")

    async def waiting(self, limit: int) -> list[Event]:
        """Return waiting events of about ``limit`` rows; those of one connection are in order."""
        rows = await self._rows.find(
            WAITING_EVENTS, sort=[("outbox._id", 1)], limit=limit, projection={"outbox": 1}
        )
        orphans = await self._events.find({}, sort=[("time", 1), ("generation", 1)], limit=limit)
        found = [event for row in rows for event in row["outbox"]] + orphans
        # The lists of the rows are in order already; the orphans are sorted in.
        return sorted((read_fields(Event, row) for row in found), key=_in_order)

    async def passed_on(self, events: Sequence[Event]) -> None:
        """Remove events (at least one) that are in every webhook's queue, from all rows.

        A row that an operator has copied holds events of another connection. They are removed as
        well: otherwise a worker would find them again and again, for ever.
        """
        ids = [event.id for event in events]
        tenants = sorted({event.tenant for event in events})
        await self._rows.update_many(
            {"tenant": {"$in": tenants}, "outbox._id": {"$in": ids} | WAITING_EVENTS["outbox._id"]},
            {"$pull": {"outbox": {"_id": {"$in": ids}}}},
        )
        await self._events.delete_many({"_id": {"$in": ids}, "tenant": {"$in": tenants}})


def _in_order(event: Event) -> tuple[str, int, datetime]:
    return event.connection, event.generation, event.time
