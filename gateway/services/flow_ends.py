"""The ends of flows, for browsers that wait for them.

A provider may take seconds to exchange a code. The browser is answered before that: the work goes
on, and its end is stored in the flow's row, where any process of the fleet finds it.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from gateway.clock import Clock
from gateway.digest import sha256_hex
from gateway.errors import StateUnknown, StoreUnavailable
from gateway.observe.logs import get_logger
from gateway.outbound.client import TOTAL_SECONDS
from gateway.services.hook_run import HOOK_SECONDS
from gateway.store.flows import Flow, FlowEnd, FlowStore

_log = get_logger()

CALLBACK_SECONDS = 0.7
"""How long a callback waits for its end before the browser gets a page that waits."""
LONGEST = timedelta(seconds=4 * TOTAL_SECONDS + HOOK_SECONDS)
"""The end of a callback's work: to exchange the code and perhaps the token, read the account, run
the connector's hook, and revoke a grant that nobody wants."""
LOOK_SECONDS = 0.25
LOOKS = 20
"""How often a request that waits looks at the row: five seconds, less than any proxy allows."""

Work = Callable[[Callable[[], None]], Coroutine[Any, Any, FlowEnd]]
Fault = Callable[[Flow], FlowEnd]


@dataclass(frozen=True, kw_only=True, slots=True)
class Waited:
    """What a waiting browser learns. ``end`` is ``None`` if the work goes on, or if it was lost."""

    goes_on: bool
    end: FlowEnd | None
    return_to: str


class FlowEnds:
    """Runs the work of callbacks, and tells how it ended."""

    def __init__(self, flows: FlowStore, clock: Clock, callback_seconds: float) -> None:
        self._flows = flows
        self._clock = clock
        self._callback_seconds = callback_seconds
        self._running: set[asyncio.Task[FlowEnd]] = set()

    async def run(self, state: str, work: Work, fault: Fault) -> FlowEnd | None:
        """Begin the work of a callback; return its end, or ``None`` if the provider takes longer.

        ``work`` is given a function to call once it has claimed the flow of ``state``, before it
        asks the provider. It goes on even if the caller is cancelled: its code is used up. If it
        raises after the claim, ``fault`` makes the end to store. Raises what the work raises in
        this time.
        """
        asking = asyncio.Event()

        async def told() -> FlowEnd:
            try:
                return await work(asking.set)
            except Exception:
                if asking.is_set():  # the end of a flow is a matter of the callback that claimed it
                    await self._store(state, fault)
                raise

        task = asyncio.create_task(told())
        self._running.add(task)
        task.add_done_callback(self._forget)
        task.add_done_callback(lambda _: asking.set())
        await asking.wait()
        await asyncio.wait({task}, timeout=self._callback_seconds)
        if task.done():
            return task.result()
        task.add_done_callback(_log_lost)
        return None

    async def store(self, state: str, end: FlowEnd) -> None:
        """Store the end of a claimed flow. Without the database, it counts as lost."""
        await self._store(state, lambda _: end)

    async def _store(self, state: str, end_of: Callable[[Flow], FlowEnd]) -> None:
        try:
            if (flow := await self._flows.get(state)) is not None:
                await self._flows.end(flow, end_of(flow))
        except StoreUnavailable as error:
            _log.warning("flow_end_not_stored", reason=str(error))

    async def look(
        self,
        connector: str,
        row_id: str,
        *,
        tenant: str,
        user: str,
        cookie: str | None,
        looks: int = 1,
    ) -> Waited:
        """Look for the end of a flow, up to ``looks`` times while its work goes on.

        Only the browser with the flow's ``cookie`` is told; for others it is over. Raises
        ``StateUnknown`` unless it is a claimed flow of this user and connector.
        """
        while True:
            flow = await self._flows.find(tenant, user, row_id)
            if flow is None or flow.connector != connector or flow.used_at is None:
                raise StateUnknown(connector=connector)
            is_this_browser = hmac.compare_digest(sha256_hex(cookie or ""), flow.cookie_hash)
            goes_on = is_this_browser and self._goes_on(flow)
            looks -= 1
            if not goes_on or looks < 1:
                end = flow.end if is_this_browser else None
                return Waited(goes_on=goes_on, end=end, return_to=flow.return_to)
            await asyncio.sleep(LOOK_SECONDS)

    async def close(self, seconds: float | None = None) -> None:
        """Wait up to ``seconds`` for callbacks whose browsers wait, so that no grant is lost.

        The work that takes longer is cancelled and logged.
        """
        if not self._running:
            return
        _, left = await asyncio.wait([*self._running], timeout=seconds)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        if left:
            _log.error("flows_left", count=len(left))

    def _goes_on(self, flow: Flow) -> bool:
        used = flow.used_at
        return flow.end is None and used is not None and self._clock() < used + LONGEST

    def _forget(self, task: asyncio.Task[FlowEnd]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # read here in case the caller has gone away


def _log_lost(task: asyncio.Task[FlowEnd]) -> None:
    """Log an error that no answer can tell any more."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("flow_lost", error=type(error).__name__, exc_info=error)
