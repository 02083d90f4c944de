"""Writes usage events in batches, in the background, so that no call waits for the database.

Events with charges are stored together with the budgets that they change.

During an outage of the database the events wait in memory, up to a limit; beyond it the oldest are
dropped, counted and logged. A process that stops on a signal stores its events first.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.background import in_background
from gateway.errors import StoreUnavailable
from gateway.observe.logs import get_logger
from gateway.observe.metrics import Metrics
from gateway.store.budgets import BudgetStore
from gateway.store.mongo import Document
from gateway.store.usage import UsageStore

_log = get_logger()

EVERY_SECONDS = 0.25
"""Pause between two batches."""
BATCH = 500
"""Events in one write; this many are written without waiting for the pause."""
MOST = 20_000
"""Most events held in memory while the database is away: about ten megabytes."""
PAUSE_SECONDS = 1.0
"""Pause after a failed write."""
CLOSE_SECONDS = 3.0
"""Longest wait for the last events when the process stops."""


class Writer:
    """The queue of one process."""

    def __init__(
        self, store: UsageStore, budgets: BudgetStore, metrics: Metrics, *, most: int = MOST
    ) -> None:
        self._add = {False: store.add, True: budgets.settle}
        self._metrics = metrics
        self._most = most
        self._events: dict[bool, deque[Document]] = {False: deque(), True: deque()}
        """The events that wait, without and with charges."""
        self._batch: dict[bool, list[Document]] = {False: [], True: []}
        self._some, self._many = asyncio.Event(), asyncio.Event()
        self._writing = asyncio.Lock()
        self._dropped = 0

    def add(self, event: Document) -> None:
        """Queue an event, to be stored soon."""
        has_charges = bool(event["charges"])
        waiting = self._events[has_charges]
        waiting.append(event)
        self._some.set()
        # A budget gets back soon what the call did not use.
        if has_charges or len(waiting) >= BATCH:
            self._many.set()
        if len(waiting) > self._most:
            waiting.popleft()
            self._metrics.usage_dropped()
            self._dropped += 1
            if self._dropped == 1:
                _log.error("usage_events_dropped", kept=self._most)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Store events in the background while the context lasts, and the rest at its end."""
        try:
            async with in_background(self._run()):
                yield
        finally:
            try:
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self.flush()
            except (StoreUnavailable, TimeoutError):
                _log.error("usage_events_lost", events=self._held)

    async def flush(self) -> None:
        """Store all events of now; raises ``StoreUnavailable`` if the database is away."""
        async with self._writing:
            for kind, add in self._add.items():
                waiting, batch = self._events[kind], self._batch[kind]
                left = len(waiting)
                while batch or left > 0:
                    while waiting and len(batch) < BATCH:
                        batch.append(waiting.popleft())
                        left -= 1
                    if batch:
                        await add(batch)
                    batch.clear()

    async def _run(self) -> None:
        failing = False
        while True:
            await self._some.wait()
            if failing:
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(EVERY_SECONDS):
                        await self._many.wait()
            self._some.clear()
            self._many.clear()
            try:
                await self.flush()
            except StoreUnavailable:
                if not failing:
                    _log.error("usage_waits_for_database", events=self._held)
                failing = True
                self._some.set()
            else:
                if failing:
                    _log.warning("usage_resumed", dropped=self._dropped)
                failing, self._dropped = False, 0

    @property
    def _held(self) -> int:
        return sum(map(len, [*self._events.values(), *self._batch.values()]))
