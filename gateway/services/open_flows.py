"""How many connect attempts are open everywhere: what a flood of them shows in (security L1).

A person has ten at most, however many are started; many persons' sessions together could still fill
the collection. Nothing stops them but the limits, so somebody has to be told.
"""

from __future__ import annotations

import asyncio
import contextlib

from gateway.clock import Clock
from gateway.errors import StoreUnavailable
from gateway.observe.logs import get_logger
from gateway.observe.metrics import Metrics
from gateway.store.flows import FlowStore

_log = get_logger()

LOOK_EVERY = 30.0  # seconds
ALARM = 1000
"""From so many open attempts on, the log warns."""


class OpenFlows:
    """Counts them for the metrics. ``run`` is a task that keeps the number right."""

    def __init__(
        self, flows: FlowStore, clock: Clock, metrics: Metrics, *, alarm: int = ALARM
    ) -> None:
        self._flows = flows
        self._clock = clock
        self._metrics = metrics
        self._alarm = alarm

    async def look(self) -> int:
        """Count once; raises ``StoreUnavailable``."""
        count = await self._flows.count_open(self._clock())
        self._metrics.open_flows(count)
        if count >= self._alarm:
            _log.warning("many_open_flows", count=count)
        return count

    async def run(self) -> None:
        """Count again and again until cancelled."""
        while True:
            with contextlib.suppress(StoreUnavailable):
                await self.look()
            await asyncio.sleep(LOOK_EVERY)
