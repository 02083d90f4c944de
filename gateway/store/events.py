"""Events: what happened to connections, for receivers outside (docs/webhooks.md).

An event is written in the same atomic update as the change that it tells of: into ``outbox``, a list
in the connection's own row; or, where the row goes, into the collection ``events`` in the same
transaction. So there is no event without its change and no change without its event, whatever dies
meanwhile. From there a worker copies it into the queue of each receiver
(``gateway.store.deliveries``), and only then takes it away.

An event names no account at the provider and holds no token: what must be gone after a disconnect
is not in it (security E6).
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


class EventType(StrEnum):
    """What can happen to a connection."""

    CREATED = "connection.created"
    NEEDS_REAUTH = "connection.needs_reauth"
    RECOVERED = "connection.recovered"
    DISCONNECTED = "connection.disconnected"


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that happened to a connection; ``status`` and ``reason`` are those after it.

    ``type`` is an ``EventType``, or one that a newer process of the same deployment knows.
    ``generation`` orders the events of one connection, and ``time`` those of one generation.
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

    @property
    def user(self) -> str:
        """The user id in ``owner``."""
        return user_of(self.owner)


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
) -> Document:
    """A new event as it is stored, with an id of its own."""
    return write_event(
        Event(
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
        )
    )


def write_event(event: Event) -> Document:
    """An event as it is stored."""
    return {
        "_id": event.id,
        "type": event.type,
        "time": event.time,
        "tenant": event.tenant,
        "connection": event.connection,
        "generation": event.generation,
        "connector": event.connector,
        "owner": event.owner,
        "status": event.status,
        "reason": event.reason,
    }


def read_event(row: Document) -> Event:
    """A stored event."""
    return Event(
        id=row["_id"],
        type=row["type"],
        time=row["time"],
        tenant=row["tenant"],
        connection=row["connection"],
        generation=row["generation"],
        connector=row["connector"],
        owner=row["owner"],
        status=row["status"],
        reason=row["reason"],
    )


async def keep(events: Collection, event: Document, *, transaction: Any) -> None:
    """Write an event into ``events`` within a transaction; one that is there already stays."""
    query = {"_id": event["_id"], "tenant": event["tenant"]}
    fields = {name: value for name, value in event.items() if name not in query}
    await events.update_one(query, {"$setOnInsert": fields}, upsert=True, transaction=transaction)


class Outbox:
    """The events that no worker has passed on yet, of all tenants: they are only passed on, never shown."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection("connections")
        self._events = database.collection("events")

    async def waiting(self, limit: int) -> list[Event]:
        """Some of them, and all that there are if they are few; those of one connection in order."""
        rows = await self._rows.find(
            WAITING_EVENTS, sort=[("outbox._id", 1)], limit=limit, projection={"outbox": 1}
        )
        orphans = await self._events.find({}, sort=[("time", 1), ("generation", 1)], limit=limit)
        found = [event for row in rows for event in row["outbox"]] + orphans
        # In a row's list they are in order already; those that were left behind are sorted in.
        return sorted(map(read_event, found), key=_in_order)

    async def passed_on(self, events: Sequence[Event]) -> None:
        """Take events away (at least one) that every receiver's queue has, wherever they are by now.

        Also out of a row that is not theirs, which no gateway writes but somebody may have copied:
        what stayed would be met again at once, for ever.
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
