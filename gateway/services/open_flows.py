"""The number of open flows of all processes, which shows a flood of them (security L1).

A user has at most ten open flows, but many users together could fill the collection. Only the rate
limits stop them, so the number is a metric and the log warns of a high one.
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
"""The log warns from this number of open flows on."""


class OpenFlows:
    """Counts open flows for the metrics. ``run`` keeps the number up to date."""

    def __init__(
        self, flows: FlowStore, clock: Clock, metrics: Metrics, *, alarm: int = ALARM
    ) -> None:
        self._flows = flows
        self._clock = clock
        self._metrics = metrics
        self._alarm = alarm

    async def look(self) -> int:
        """Count once; raise ``StoreUnavailable`` if the database does not answer."""
        count = await self._flows.count_open(self._clock())
        self._metrics.open_flows(count)
        if count >= self._alarm:
            _log.warning("many_open_flows", count=count)
        return count

    async def run(self) -> None:
        """Count every ``LOOK_EVERY`` seconds until cancelled."""
        while True:
            with contextlib.suppress(StoreUnavailable):
                await self.look()
            await asyncio.sleep(LOOK_EVERY)
