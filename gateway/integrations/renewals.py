"""Rounds of renewal for the integrations of all tenants, beside those of the catalog's connectors.

The catalog is known when the worker starts, and each of its connectors has a loop. Integrations
come and go, so one loop walks through them and starts a round for each. One that hangs holds up its
own next round, and no other.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from connectors.errors import ConnectorError
from gateway.errors import StoreUnavailable
from gateway.integrations.present import IntegrationCatalog
from gateway.observe.logs import get_logger
from gateway.services.renewal import Renewal
from gateway.store.integrations import IntegrationStore

_log = get_logger()

PAGE = 100
"""Integrations of one read."""
MOST_AT_ONCE = 200
"""The most rounds at a time; the renewals within them share the worker's own limit."""


class IntegrationRenewals:
    """Renews the connections of integrations with OAuth, or with exchanged credentials."""

    def __init__(
        self, rows: IntegrationStore, integrations: IntegrationCatalog, renewal: Renewal
    ) -> None:
        self._rows = rows
        self._integrations = integrations
        self._renewal = renewal
        self._running: dict[str, asyncio.Task[None]] = {}

    async def run(self, stop: asyncio.Event, *, rest: Callable[[], float]) -> None:
        """Do rounds until ``stop`` is set; ``rest`` returns the seconds between two walks."""
        try:
            while not stop.is_set():
                with contextlib.suppress(StoreUnavailable):
                    await self.walk(stop)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(rest()):
                        await stop.wait()
        finally:
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def walk(self, stop: asyncio.Event) -> None:
        """Start a round for each integration whose last round has ended."""
        after = ""
        while not stop.is_set():
            page = await self._rows.with_oauth(after, PAGE)
            for tenant, connector in page:
                while len(self._running) >= MOST_AT_ONCE:
                    await asyncio.wait(self._running.values(), return_when=asyncio.FIRST_COMPLETED)
                if connector not in self._running:
                    self._start(tenant, connector)
            if len(page) < PAGE:
                return
            after = page[-1][1]

    async def idle(self) -> None:
        """Wait until the rounds that run now have ended."""
        if self._running:
            await asyncio.wait(self._running.values())

    def _start(self, tenant: str, connector: str) -> None:
        task = asyncio.create_task(self._round(tenant, connector))
        self._running[connector] = task
        task.add_done_callback(lambda _: self._running.pop(connector, None))

    async def _round(self, tenant: str, connector: str) -> None:
        try:
            await self._integrations.ready(tenant)
            await self._renewal.round(connector)
        except StoreUnavailable:
            _log.warning("renewal_without_database", connector=connector)
        except ConnectorError:
            return  # it cannot be used, or was removed since
        except Exception as error:
            # Rule 7: a fault of one integration leaves the others alone.
            _log.exception("renewal_round_failed", connector=connector, exc_info=error)
