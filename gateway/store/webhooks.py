"""Webhooks: the collection ``webhooks``, one row for each URL that receives a tenant's events.

The signing secret is sealed. The row also holds the outcome of the last deliveries, so that an
operator sees a URL that does not work.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from gateway.store.mongo import Database, Document
from gateway.store.rows import read_fields, write_fields


@dataclass(frozen=True, kw_only=True, slots=True)
class Webhook:
    """One receiver. ``types`` are the event types that it wants, ``None`` for all.

    ``failing_since`` and ``last_failure`` are set while deliveries fail, ``disabled_at`` after the
    receiver refused further events.
    """

    id: str
    tenant: str
    url: str
    types: tuple[str, ...] | None
    secret: bytes = field(repr=False)
    created_at: datetime
    last_success_at: datetime | None = None
    failing_since: datetime | None = None
    last_failure: str | None = None
    disabled_at: datetime | None = None

    def wants(self, kind: str) -> bool:
        """Whether it receives events of this type."""
        return self.disabled_at is None and (self.types is None or kind in self.types)


class WebhookStore:
    """Webhooks. Every method takes the tenant; foreign rows look missing."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection("webhooks")

    async def add(self, webhook: Webhook) -> None:
        """Store a new webhook."""
        await self._rows.insert(write_fields(webhook))

    async def get(self, tenant: str, webhook_id: str) -> Webhook | None:
        """Return the webhook of that id."""
        row = await self._rows.find_one(_one(tenant, webhook_id))
        return None if row is None else _read(row)

    async def list_for(self, tenant: str) -> list[Webhook]:
        """Return the tenant's webhooks, oldest first."""
        rows = await self._rows.find({"tenant": tenant}, sort=[("created_at", 1), ("_id", 1)])
        return [_read(row) for row in rows]

    async def delete(self, tenant: str, webhook_id: str) -> bool:
        """Delete a webhook of the tenant; return whether there was one."""
        return await self._rows.find_one_and_delete(_one(tenant, webhook_id)) is not None

    async def succeeded(self, webhook: Webhook) -> None:
        """Record a successful delivery, at the database's time."""
        await self._note(
            webhook, {"last_success_at": "$$NOW", "failing_since": None, "last_failure": None}
        )

    async def failed(self, webhook: Webhook, why: str, *, disable: bool = False) -> None:
        """Record a failed delivery. ``why`` is one of the gateway's own words.

        With ``disable``, the webhook receives nothing any more.
        """
        fields: Document = {
            "failing_since": {"$ifNull": ["$failing_since", "$$NOW"]},
            "last_failure": why,
        }
        if disable:
            fields["disabled_at"] = "$$NOW"
        await self._note(webhook, fields)

    async def _note(self, webhook: Webhook, fields: Document) -> None:
        await self._rows.update_one(_one(webhook.tenant, webhook.id), [{"$set": fields}])


def _one(tenant: str, webhook_id: str) -> Document:
    return {"_id": webhook_id, "tenant": tenant}


def _read(row: Document) -> Webhook:
    types = row["types"]
    types = None if types is None else tuple(types)
    return read_fields(Webhook, row, types=types, secret=row.get("secret") or b"")
