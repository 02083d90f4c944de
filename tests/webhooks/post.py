"""A worker's deliveries in this process, from the outbox to a receiver on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from gateway.clock import utc_now
from gateway.encryption.vault import Vault, new_encryption_key, read_encryption_keys
from gateway.observe.metrics import Metrics
from gateway.outbound.client import open_outbound
from gateway.outbound.egress import EgressPolicy
from gateway.services.refresh_attempt import no_checkpoint
from gateway.store.connections import ConnectionStore
from gateway.store.deliveries import DeliveryStore
from gateway.store.events import EventType, Outbox
from gateway.store.mongo import Database
from gateway.store.webhooks import Webhook, WebhookStore
from gateway.webhooks.delivery import Deliveries
from gateway.webhooks.registration import WebhookService
from tests.support.receiver import Receiver, receiving
from tests.support.silent import NO_AUDIT, bulkhead
from tests.support.waiting import until

SHORT: Sequence[float] = (0.05, 0.05, 0.05)
"""Delays between attempts, short enough for tests to wait for all of them."""


@dataclass
class Post:
    """Everything between a connection and its receiver."""

    database: Database
    receiver: Receiver
    connections: ConnectionStore
    service: WebhookService
    store: WebhookStore
    deliveries: Deliveries
    metrics: Metrics

    async def webhook(
        self, path: str = "/", *, tenant: str = "default", types: Sequence[EventType] | None = None
    ) -> tuple[Webhook, str]:
        """Create a webhook for a path of the receiver; return it with its secret."""
        webhook, secret = await self.service.create(
            tenant=tenant, url=self.receiver.url(path), types=types
        )
        return webhook, secret.reveal()

    async def state(self, webhook: Webhook) -> Webhook:
        """Return the webhook's current state."""
        found = await self.store.get(webhook.tenant, webhook.id)
        assert found is not None
        return found

    async def idle(self, tenant: str = "default") -> None:
        """Wait until every event is delivered."""

        async def nothing_waits() -> bool:
            return not any(state.pending for state in await self.service.list_for(tenant))

        await until(nothing_waits)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """A worker delivers until the context ends."""
        stop = asyncio.Event()
        task = asyncio.create_task(self.deliveries.run(stop))
        try:
            yield
        finally:
            stop.set()
            await task


@asynccontextmanager
async def open_post(
    database: Database,
    *,
    delays: Sequence[float] = SHORT,
    seconds: float = 5.0,
    vault: Vault | None = None,
) -> AsyncIterator[Post]:
    """A post whose receivers have ``seconds`` to answer, with retries after ``delays``."""
    vault = vault or Vault(read_encryption_keys(f"k1:{new_encryption_key()}"))
    metrics, queue, store = Metrics(), DeliveryStore(database), WebhookStore(database)
    async with receiving() as receiver:
        policy = EgressPolicy(allow=frozenset({("127.0.0.1", receiver.port)}))
        async with open_outbound(policy, bulkhead(), total_seconds=seconds) as outbound:
            yield Post(
                database=database,
                receiver=receiver,
                connections=ConnectionStore(database),
                service=WebhookService(
                    webhooks=store,
                    deliveries=queue,
                    vault=vault,
                    policy=policy,
                    clock=utc_now,
                    audit=NO_AUDIT,
                ),
                store=store,
                deliveries=Deliveries(
                    outbox=Outbox(database),
                    queue=queue,
                    webhooks=store,
                    vault=vault,
                    outbound=outbound,
                    clock=utc_now,
                    checkpoint=no_checkpoint,
                    metrics=metrics,
                    delays=delays,
                ),
                metrics=metrics,
            )
