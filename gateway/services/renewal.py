"""Renewal: refreshes connections early, so that reads find fresh tokens and idle grants survive.

Connectors are renewed independently: a hanging provider occupies only its share of the concurrency
(security L2). Several processes can renew together: the lease in the row decides which one
refreshes, as it does among callers. Each connection's id determines its time within the lead, so
that a thousand tokens with the same expiry are not renewed in the same second.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.catalog import Catalog
from connectors.config import Connector
from connectors.errors import ConnectorError
from gateway.clock import Clock
from gateway.errors import GatewayError
from gateway.observe.logs import get_logger
from gateway.services.apps import Apps
from gateway.services.key_connections import KeyConnections
from gateway.services.methods import (
    is_checkable,
    is_renewable,
    renew_before_seconds,
    repeatable_seconds,
)
from gateway.services.refresh import Refresher
from gateway.services.states import is_over
from gateway.store.connection import Connection, Method
from gateway.store.renewal_queue import Due, RenewalQueue

_log = get_logger()

LEAD = timedelta(minutes=5)
"""Longest time before a token becomes stale at which its connection is due."""
LEAD_SHARE = 0.2
"""Limit of the lead as a share of the token's life: short tokens would always be due."""
LATEST_SHARE = 0.2
"""Share of the lead that is left when the last connection is due."""
IDLE = timedelta(days=20)
"""Idle refresh tokens are used after this time. Providers drop them after 30 days or more."""
IDLE_SPREAD = timedelta(days=1)
BATCH = 50
"""Rows of one read."""
CONNECTOR_SHARE = 4
"""One connector gets at most 1/4 of the concurrent refreshes."""

Jitter = Callable[[Connection], float]
"""Returns the point in its lead at which a connection is due: from 0 (start) to nearly 1."""


def phase(connection: Connection) -> float:
    """Spread connections evenly; equal for all processes while the generation lasts."""
    return zlib.crc32(f"{connection.id}:{connection.generation}".encode()) / 2**32


@dataclass(kw_only=True, slots=True)
class Round:
    """Numbers of connections in a round of a connector.

    ``elsewhere`` are being refreshed by another process; ``needs_reauth`` wait for their user.
    """

    renewed: int = 0
    failed: int = 0
    elsewhere: int = 0
    needs_reauth: int = 0


class Renewal:
    """Renews the connections that are due, by connector."""

    def __init__(
        self,
        *,
        due: RenewalQueue,
        refresher: Refresher,
        pasted: KeyConnections,
        catalog: Catalog,
        apps: Apps,
        clock: Clock,
        concurrency: int,
        jitter: Jitter = phase,
    ) -> None:
        """Limit concurrent refreshes to ``concurrency``, and to 1/4 of it for each connector."""
        self._due = due
        self._refresher = refresher
        self._pasted = pasted
        self._catalog = catalog
        self._apps = apps
        self._clock = clock
        self._jitter = jitter
        self._slots = asyncio.Semaphore(concurrency)
        self._slots_of_one = max(1, concurrency // CONNECTOR_SHARE)
        self._stopping = False

    def connectors(self) -> tuple[str, ...]:
        """Return the connectors that need rounds: renewals, or checks of keys."""
        return tuple(
            config.name
            for config in self._catalog.descriptions()
            if config.key is not None or is_renewable(config, Method.OAUTH2)
        )

    def stop(self) -> None:
        """Start no further refresh. Rounds end when the running refreshes are stored."""
        self._stopping = True

    async def round(self, connector: str) -> Round:
        """Try once to renew each due connection of the connector, and return the counts.

        Raises ``StoreUnavailable`` if the database does not answer, and ``ConnectorError`` if the
        connector is unknown or broken.
        """
        config = self._catalog.described(connector)
        tally = Round()
        if not await self._apps.is_needed(config.name):
            return tally
        slots = asyncio.Semaphore(self._slots_of_one)
        running: set[asyncio.Task[None]] = set()

        async def begin(connection: Connection) -> None:
            await slots.acquire()
            task = asyncio.create_task(self._renew(config, connection, tally))
            running.add(task)
            task.add_done_callback(running.discard)
            task.add_done_callback(lambda _: slots.release())

        try:
            for why in Due:
                async for connection in self._due_connections(config, why):
                    await begin(connection)
            if is_checkable(config, Method.API_KEY):
                async for connection in self._unchecked(config):
                    await begin(connection)
        finally:
            await asyncio.gather(*running)
        if not self._stopping:
            tally.needs_reauth = await self._due.needs_reauth(config.name)
        _report(config, tally)
        return tally

    async def _due_connections(self, config: Connector, why: Due) -> AsyncIterator[Connection]:
        """Yield the due connections, each at most once in a round."""
        now = self._clock()
        ahead = LEAD if why is Due.EXPIRING else IDLE_SPREAD - IDLE
        last: Connection | None = None
        while not self._stopping:
            page = await self._due.due(
                config.name,
                why,
                now + ahead,
                BATCH,
                now=now,
                after=last,
                repeatable_seconds=repeatable_seconds(config),
            )
            for connection in page:
                if self._stopping:
                    return
                fresh_until = connection.tokens.fresh_until
                if why is Due.IDLE and fresh_until is not None and fresh_until <= now + LEAD:
                    continue  # the other query finds it
                if self._due_at(config, connection, why) <= now:
                    yield connection
            if len(page) < BATCH:
                return
            last = page[-1]

    async def _unchecked(self, config: Connector) -> AsyncIterator[Connection]:
        """Yield the API keys that could not be checked yet."""
        last: Connection | None = None
        while not self._stopping:
            page = await self._due.unchecked(config.name, BATCH, after=last)
            for connection in page:
                yield connection
            if len(page) < BATCH:
                return
            last = page[-1]

    def _due_at(self, config: Connector, connection: Connection, why: Due) -> datetime:
        tokens, early = connection.tokens, 1.0 - self._jitter(connection)
        if why is Due.IDLE or tokens.fresh_until is None:
            return tokens.issued_at + IDLE - IDLE_SPREAD * early
        if renew_before_seconds(config, connection.method) is not None:
            return tokens.fresh_until  # the provider refuses a refresh before that
        lead = min(LEAD, (tokens.fresh_until - tokens.issued_at) * LEAD_SHARE)
        return tokens.fresh_until - lead * (LATEST_SHARE + (1.0 - LATEST_SHARE) * early)

    async def _renew(self, config: Connector, connection: Connection, tally: Round) -> None:
        async with self._slots:
            try:
                self._apps.described(connection)
            except ConnectorError:
                return  # it needs the deployment's app, and only tenants have one
            if self._stopping:
                return
            # As for a caller: a lost response makes the connection fail only after expiry.
            in_need = is_over(connection, self._clock())
            try:
                if connection.method is Method.API_KEY:
                    await self._pasted.check(config, connection)
                    return
                found = await self._refresher.renew(config, connection, in_need=in_need, wait=False)
            except GatewayError as error:
                tally.failed += 1  # the row has the provider's error
                _log.info("not_renewed", connection=connection.id, reason=type(error).__name__)
            except Exception as error:
                # Rule 7: a connector's code may fail in any way, and must not stop the round.
                tally.failed += 1
                _log.exception("renewal_failed", connector=config.name, exc_info=error)
            else:
                tally.renewed += found.generation > connection.generation
                tally.elsewhere += found.generation == connection.generation


def _report(config: Connector, tally: Round) -> None:
    if tally.renewed or tally.failed:
        _log.info(
            "renewal_round", connector=config.name, renewed=tally.renewed, failed=tally.failed
        )
    if tally.needs_reauth:
        _log.info("connections_need_reauth", connector=config.name, connections=tally.needs_reauth)
