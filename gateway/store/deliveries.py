"""The queue of each webhook: the collection ``deliveries``, one row for each event and webhook.

A row is claimed for as long as an attempt may take: its ``due_at`` moves on, by the database's
clock, so a worker that dies leaves nothing behind that has to be cleaned up. Who claimed it anew
has another owner, and the note of a worker that slept is refused. A row that is done stays for
``DONE_LIFETIME``: by its id an event that is passed on twice is still delivered once.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection as Names
from dataclasses import dataclass

from gateway.errors import WriteConflict
from gateway.store.events import Event, read_event, write_event
from gateway.store.indexes import UNDELIVERED
from gateway.store.mongo import Database, Document
from gateway.store.webhooks import Webhook

LEASE_SECONDS = 30
"""Longer than one attempt (``outbound.TOTAL_SECONDS``) and the writes around it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """An event on its way to a webhook. ``attempts`` were made before; ``owner`` is who claimed it."""

    id: str
    tenant: str
    webhook: str
    event: Event
    attempts: int
    owner: str | None


class DeliveryStore:
    """Queues events, and hands them to workers. A lease is ``lease_seconds`` long."""

    def __init__(self, database: Database, lease_seconds: int = LEASE_SECONDS) -> None:
        self._rows = database.collection("deliveries")
        self._lease_seconds = lease_seconds

    async def add(self, event: Event, webhook: Webhook) -> None:
        """Queue an event for a webhook of its tenant, unless it was queued before."""
        query = {"_id": f"{event.id}:{webhook.id}", "tenant": event.tenant}
        fields: Document = {
            "webhook": webhook.id,
            "attempts": 0,
            "owner": None,
            "due_at": event.time,
            "event": write_event(event),
        }
        try:
            await self._rows.update_one(query, {"$setOnInsert": fields}, upsert=True)
        except WriteConflict:
            return  # another worker was faster

    async def due(self, limit: int, *, without: Names[str]) -> list[Delivery]:
        """Deliveries of any tenant that are due, the longest waiting first, ``without`` some webhooks'.

        What is looked for belongs to no caller: it is sent to its own tenant's webhook, never shown.
        """
        query: Document = UNDELIVERED | {
            "webhook": {"$nin": list(without)},
            "$expr": {"$lte": ["$due_at", "$$NOW"]},
        }
        rows = await self._rows.find(query, sort=[("due_at", 1)], limit=limit)
        return [_read(row) for row in rows]

    async def is_early(self, delivery: Delivery) -> bool:
        """Whether an earlier event of the same connection has not been tried there yet."""
        event = delivery.event
        query: Document = UNDELIVERED | {
            "tenant": delivery.tenant,
            "webhook": delivery.webhook,
            "event.connection": event.connection,
            "attempts": 0,
            "$or": [
                {"event.generation": {"$lt": event.generation}},
                {"event.generation": event.generation, "event.time": {"$lt": event.time}},
            ],
        }
        return await self._rows.find_one(query, projection={"_id": 1}) is not None

    async def claim(self, delivery: Delivery) -> Delivery | None:
        """The delivery, to be tried once; ``None`` if another worker has it or it is done."""
        row = await self._rows.find_one_and_update(
            UNDELIVERED
            | {
                "_id": delivery.id,
                "tenant": delivery.tenant,
                "$expr": {"$lte": ["$due_at", "$$NOW"]},
            },
            [{"$set": {"owner": secrets.token_hex(16), "due_at": _later(self._lease_seconds)}}],
            after=True,
        )
        return None if row is None else _read(row)

    async def postpone(self, delivery: Delivery, seconds: float) -> None:
        """Note that an attempt failed; the next one is due after ``seconds``."""
        await self._rows.update_one(
            _held(delivery),
            [
                {
                    "$set": {
                        "owner": None,
                        "due_at": _later(seconds),
                        "attempts": delivery.attempts + 1,
                    }
                }
            ],
        )

    async def finish(self, delivery: Delivery, outcome: str) -> None:
        """Note that there will be no further attempt, and why."""
        await self._rows.update_one(
            _held(delivery),
            [
                {
                    "$set": {
                        "done_at": "$$NOW",
                        "outcome": outcome,
                        "attempts": delivery.attempts + 1,
                    }
                },
                {"$unset": ["due_at", "owner"]},
            ],
        )

    async def pending(self, webhook: Webhook) -> int:
        """How many events wait for this webhook."""
        query = UNDELIVERED | {"tenant": webhook.tenant, "webhook": webhook.id}
        return await self._rows.count(query)


def _later(seconds: float) -> Document:
    return {"$add": ["$$NOW", int(seconds * 1000)]}


def _held(delivery: Delivery) -> Document:
    return {"_id": delivery.id, "tenant": delivery.tenant, "owner": delivery.owner}


def _read(row: Document) -> Delivery:
    return Delivery(
        id=row["_id"],
        tenant=row["tenant"],
        webhook=row["webhook"],
        event=read_event(row["event"]),
        attempts=row["attempts"],
        owner=row["owner"],
    )
