"""The queue of each webhook: the collection ``deliveries``, one row for each event and webhook.

A claim is a lease: it moves the row's ``due_at`` forward by the longest time that an attempt may
take, by the database's clock, so a worker that dies leaves nothing to clean up. Every claim has a
new owner, and the late result of a worker that slept is refused. A finished row stays for
``DONE_LIFETIME``: its id ensures that an event that is queued twice is delivered once.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection as Names
from dataclasses import dataclass

from gateway.errors import WriteConflict
from gateway.store.events import Event
from gateway.store.indexes import UNDELIVERED
from gateway.store.mongo import Database, Document
from gateway.store.rows import read_fields, write_fields
from gateway.store.webhooks import Webhook

LEASE_SECONDS = 30
"""Longer than one attempt (``outbound.TOTAL_SECONDS``) and the writes around it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """An event for a webhook. ``attempts`` counts earlier ones; ``owner`` holds the claim."""

    id: str
    tenant: str
    webhook: str
    event: Event
    attempts: int
    owner: str | None


class DeliveryStore:
    """Queues events and hands them to workers, for ``lease_seconds`` each."""

    def __init__(self, database: Database, lease_seconds: int = LEASE_SECONDS) -> None:
        self._rows = database.collection("deliveries")
        self._lease_seconds = lease_seconds

    async def add(self, event: Event, webhook: Webhook) -> None:
        """Queue an event for a webhook of its tenant, unless it is queued already."""
        query = {"_id": f"{event.id}:{webhook.id}", "tenant": event.tenant}
        fields: Document = {
            "webhook": webhook.id,
            "attempts": 0,
            "owner": None,
            "due_at": event.time,
            "event": write_fields(event),
        }
        try:
            await self._rows.update_one(query, {"$setOnInsert": fields}, upsert=True)
        except WriteConflict:
            return  # another worker was faster

    async def due(self, limit: int, *, without: Names[str]) -> list[Delivery]:
        """Return due deliveries of all tenants, the longest waiting first.

        The query has no tenant because no caller sees its result: each delivery goes to its own
        tenant's webhook. Deliveries to the webhooks in ``without`` are left out.
        """
        query: Document = UNDELIVERED | {
            "webhook": {"$nin": list(without)},
            "$expr": {"$lte": ["$due_at", "$$NOW"]},
        }
        rows = await self._rows.find(query, sort=[("due_at", 1)], limit=limit)
        return [_read(row) for row in rows]

    async def is_early(self, delivery: Delivery) -> bool:
        """Whether an earlier event of the connection has not been tried at this webhook yet."""
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
        """Claim a delivery for one attempt; ``None`` if another worker has it or it is done."""
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
        """Record a failed attempt; the next one is due after ``seconds``."""
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
        """Record that there is no further attempt, and why."""
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
        """Count the events that wait for this webhook."""
        query = UNDELIVERED | {"tenant": webhook.tenant, "webhook": webhook.id}
        return await self._rows.count(query)


def _later(seconds: float) -> Document:
    return {"$add": ["$$NOW", int(seconds * 1000)]}


def _held(delivery: Delivery) -> Document:
    return {"_id": delivery.id, "tenant": delivery.tenant, "owner": delivery.owner}


def _read(row: Document) -> Delivery:
    return read_fields(Delivery, row, event=read_fields(Event, row["event"]))
