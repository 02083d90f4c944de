"""Delivery of events to the webhooks of their tenant (docs/webhooks.md).

A worker moves events from the outbox into the queue of each webhook and sends the deliveries that
are due. Several workers can do this together: a worker claims a delivery for as long as an attempt
may take. Each event arrives at least once, always with the same id, even if a worker dies. A
hanging receiver occupies only its share of the concurrent attempts.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from gateway.clock import Clock, rfc3339
from gateway.encryption.vault import Vault
from gateway.engine.request import OutboundRequest, OutboundResponse
from gateway.errors import EgressRefused, ReceiverUnavailable, StoreUnavailable, VaultError
from gateway.observe.logs import get_logger
from gateway.observe.metrics import DeliveryOutcome, Metrics
from gateway.outbound.client import Outbound
from gateway.services.refresh_attempt import Checkpoint
from gateway.store.deliveries import Delivery, DeliveryStore
from gateway.store.events import Event, Outbox
from gateway.store.owners import kind_of
from gateway.store.webhooks import Webhook, WebhookStore
from gateway.webhooks.registration import secret_of, signed_headers

_log = get_logger()

_MIN, _HOUR, _DAY = 60, 3600, 86_400
DELAYS = (5, 30, 2 * _MIN, 10 * _MIN, _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, _DAY, _DAY)
"""Seconds between attempts, about three days in all. ``JITTER`` varies each."""
JITTER = 0.2
LONGEST_RETRY_AFTER = _DAY
"""Upper limit of a receiver's ``Retry-After``, in seconds."""
POLL_SECONDS = 1.0
"""Pause of an idle worker between two rounds."""
BATCH = 100
CONCURRENCY = 64
"""Concurrent attempts of a worker."""
WEBHOOK_SHARE = 4
"""Concurrent attempts of a worker for one webhook."""


class Deliveries:
    """Queues and delivers events. ``run`` is a task of the worker."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        queue: DeliveryStore,
        webhooks: WebhookStore,
        vault: Vault,
        outbound: Outbound,
        clock: Clock,
        metrics: Metrics,
        checkpoint: Checkpoint,
        delays: Sequence[float] = DELAYS,
    ) -> None:
        self._outbox = outbox
        self._queue = queue
        self._webhooks = webhooks
        self._vault = vault
        self._outbound = outbound
        self._clock = clock
        self._metrics = metrics
        self._reached = checkpoint
        self._delays = delays
        self._running: set[asyncio.Task[None]] = set()
        self._busy: Counter[str] = Counter()
        self._clearing: dict[str, asyncio.Task[None]] = {}
        """Tasks that remove queued events from the outbox, by connection."""
        self._wake = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until ``stop`` is set, then finish the running attempts."""
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                self._wake.clear()
                try:
                    await self.round()
                except StoreUnavailable:
                    _log.warning("deliveries_without_database")
                except Exception as error:
                    # A defect must not end the other tasks of the worker.
                    _log.exception("deliveries_failed", exc_info=error)
                await self._rest(stopping)
        finally:
            stopping.cancel()
            await self.finish()

    async def round(self) -> None:
        """Queue the outbox's events and start due deliveries. Raises ``StoreUnavailable``."""
        await self._queue_events()
        await self._start_due()

    async def finish(self) -> None:
        """Wait for the running attempts."""
        await asyncio.gather(*self._running, *self._clearing.values(), return_exceptions=True)

    async def _rest(self, stopping: asyncio.Task[bool]) -> None:
        waking = asyncio.create_task(self._wake.wait())
        try:
            await asyncio.wait(
                {stopping, waking}, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            waking.cancel()

    async def _queue_events(self) -> None:
        waiting = await self._outbox.waiting(BATCH)
        events = [event for event in waiting if event.connection not in self._clearing]
        webhooks = {
            tenant: await self._webhooks.list_for(tenant)
            for tenant in {event.tenant for event in events}
        }
        for event in events:
            for webhook in webhooks[event.tenant]:
                if webhook.wants(event.type):
                    await self._queue.add(event, webhook)
        if events:
            await self._reached("queued")
        # In the order of their time, the events of a connection need not be neighbours.
        grouped: defaultdict[str, list[Event]] = defaultdict(list)
        for event in events:
            grouped[event.connection].append(event)
        for connection, group in grouped.items():
            self._clearing[connection] = asyncio.create_task(self._clear(group))

    async def _clear(self, events: Sequence[Event]) -> None:
        """Remove a connection's queued events from the outbox.

        This is a separate task for each connection: a killed process can leave a transaction that
        locks the row for a minute, and must not delay the events of other connections.
        """
        try:
            await self._outbox.passed_on(events)
            self._wake.set()  # the outbox may hold more events
        except StoreUnavailable:
            _log.warning("events_not_cleared", connection=events[0].connection)
        finally:
            self._clearing.pop(events[0].connection, None)

    async def _start_due(self) -> None:
        """Start every attempt that is due and within the limits."""
        left_out = {webhook for webhook, count in self._busy.items() if count >= WEBHOOK_SHARE}
        while found := await self._queue.due(BATCH, without=left_out):
            for delivery in found:
                if len(self._running) >= CONCURRENCY:
                    return
                if delivery.webhook in left_out:
                    continue
                if self._busy[delivery.webhook] >= WEBHOOK_SHARE or await self._queue.is_early(
                    delivery
                ):
                    left_out.add(delivery.webhook)
                elif claimed := await self._queue.claim(delivery):
                    self._start(claimed)

    def _start(self, delivery: Delivery) -> None:
        task = asyncio.create_task(self._deliver(delivery))
        self._running.add(task)
        self._busy[delivery.webhook] += 1

        def finished(task: asyncio.Task[None]) -> None:
            self._running.discard(task)
            self._busy[delivery.webhook] -= 1
            if not self._busy[delivery.webhook]:
                del self._busy[delivery.webhook]
            self._wake.set()

        task.add_done_callback(finished)

    async def _deliver(self, delivery: Delivery) -> None:
        """Make one attempt. Without a recorded result, it is repeated when the claim expires."""
        try:
            webhook = await self._webhooks.get(delivery.tenant, delivery.webhook)
            if webhook is None or webhook.disabled_at is not None:
                await self._queue.finish(delivery, "dropped")
                return
            outcome, why, retry_after = await self._attempt(webhook, delivery.event)
            await self._reached("sent")
            await self._record(delivery, webhook, outcome, why, retry_after)
        except StoreUnavailable:
            _log.warning(
                "delivery_not_recorded", webhook=delivery.webhook, event_id=delivery.event.id
            )

    async def _attempt(self, webhook: Webhook, event: Event) -> tuple[DeliveryOutcome, str, int]:
        """Send an event; return outcome, reason of a failure, and ``Retry-After`` in seconds."""
        body = body_of(event)
        try:
            headers = signed_headers(secret_of(self._vault, webhook), event.id, body, self._clock())
            response = await self._outbound.send_webhook(
                OutboundRequest(
                    method="POST",
                    url=webhook.url,
                    headers={"Content-Type": "application/json"} | headers,
                    content=body.encode(),
                )
            )
        except VaultError:
            return DeliveryOutcome.UNSIGNED, "its signing secret cannot be opened", 0
        except EgressRefused:
            return DeliveryOutcome.BLOCKED, "its address may not be called", 0
        except ReceiverUnavailable:
            return DeliveryOutcome.UNREACHABLE, "no response, or an unreadable one", 0
        except Exception as error:  # counts as an attempt, or it would repeat forever
            _log.exception("delivery_broken", event_id=event.id, exc_info=error)
            return DeliveryOutcome.BROKEN, "the gateway's log says why", 0
        if 200 <= response.status < 300:
            return DeliveryOutcome.DELIVERED, "", 0
        gone = response.status == 410
        outcome = DeliveryOutcome.GONE if gone else DeliveryOutcome.REFUSED
        return outcome, f"status {response.status}", _retry_after(response)

    async def _record(
        self, delivery: Delivery, webhook: Webhook, outcome: DeliveryOutcome, why: str, least: int
    ) -> None:
        self._metrics.delivery(outcome)
        facts = {"webhook": webhook.id, "event_id": delivery.event.id, "type": delivery.event.type}
        if outcome is DeliveryOutcome.DELIVERED:
            await self._queue.finish(delivery, outcome.value)
            await self._webhooks.succeeded(webhook)
            _log.info("webhook_delivered", **facts)
        elif outcome is DeliveryOutcome.GONE:
            await self._webhooks.failed(webhook, why, disable=True)
            await self._queue.finish(delivery, outcome.value)
            _log.warning("webhook_disabled", **facts)
        elif delivery.attempts < len(self._delays):
            seconds = self._delays[delivery.attempts]
            seconds *= random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load, protects nothing
            await self._queue.postpone(delivery, max(seconds, least))
            await self._webhooks.failed(webhook, why)
            _log.warning("webhook_failed", why=why, **facts)
        else:
            self._metrics.delivery(DeliveryOutcome.GIVEN_UP)
            await self._queue.finish(delivery, DeliveryOutcome.GIVEN_UP.value)
            await self._webhooks.failed(webhook, why)
            _log.error("webhook_given_up", why=why, **facts)


def body_of(event: Event) -> str:
    """Return the body for an event: the same bytes with every attempt."""
    body: dict[str, Any] = {
        "id": event.id,
        "type": event.type,
        "timestamp": rfc3339(event.time),
        "tenant": event.tenant,
        "data": {
            "connection_id": event.connection,
            "connector": event.connector,
            "user": event.user,
            "owner": kind_of(event.owner),
            "status": event.status,
            "reason": event.reason,
        },
    }
    if event.approval is not None:
        body["data"] |= {"approval_id": event.approval}
    return json.dumps(body, separators=(",", ":"))


def _retry_after(response: OutboundResponse) -> int:
    value = response.headers.get("retry-after", "").strip()
    return min(int(value), LONGEST_RETRY_AFTER) if re.fullmatch(r"[0-9]{1,9}", value) else 0
