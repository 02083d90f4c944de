"""A few slots that tenants share fairly: one that asks for many keeps no other waiting for long."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class FairShare:
    """Slots for work of tenants.

    A tenant has all but one of them at most, so that another one's first work begins at once. Free
    slots go to the waiting tenants in turn, not to the longest queue.
    """

    def __init__(self, slots: int) -> None:
        self._free = slots
        self._of_one = max(1, slots - 1)
        self._running: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def slot(self, tenant: str) -> AsyncIterator[None]:
        """Wait for a slot, and hold it while the context lasts."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(tenant, deque()).append(turn)
        self._give()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._forget(tenant, turn)
            else:  # it was given at this moment
                self._take_back(tenant)
            raise
        try:
            yield
        finally:
            self._take_back(tenant)

    def _give(self) -> None:
        """Give free slots to those whose turn it is."""
        while self._free and (tenant := self._next()) is not None:
            turn = self._waiting[tenant][0]
            self._forget(tenant, turn)
            if turn.cancelled():
                continue
            if tenant in self._waiting:
                self._waiting.move_to_end(tenant)
            self._free -= 1
            self._running[tenant] += 1
            turn.set_result(None)

    def _next(self) -> str | None:
        tenants = (each for each in self._waiting if self._running[each] < self._of_one)
        return next(tenants, None)

    def _take_back(self, tenant: str) -> None:
        self._free += 1
        self._running[tenant] -= 1
        if not self._running[tenant]:
            del self._running[tenant]
        self._give()

    def _forget(self, tenant: str, turn: asyncio.Future[None]) -> None:
        waiting = self._waiting.get(tenant, deque())
        with suppress(ValueError):
            waiting.remove(turn)
        if not waiting:
            self._waiting.pop(tenant, None)
