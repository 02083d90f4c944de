"""Renewal: connections are refreshed before anybody needs it, so that a tool's read finds a fresh
token, and a connection that nobody uses does not die.

Each connector is a lane with rounds of its own: a provider that hangs keeps its lane and its share
of the concurrency, and no other waits for it (security L2). Any number of processes may do this at
once: the lease in the row decides who refreshes, as it does among callers. When a connection's turn
comes within its lead time is spread by its id, so that a thousand tokens that expire at the same
second are not renewed in the same second.
"""

from __future__ import annotations

import asyncio
import math
import zlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.catalog import Catalog
from connectors.config import ConnectorConfig
from gateway.clock import Clock
from gateway.errors import GatewayError
from gateway.observe.logs import get_logger
from gateway.services.refresh import Refresher
from gateway.store.connections import Connection
from gateway.store.renewal_queue import Due, RenewalQueue

_log = get_logger()

LEAD = timedelta(minutes=5)
"""How long before a token counts as stale the first turns come."""
LEAD_SHARE = 0.2
"""The lead in shares of the token's life, where that is shorter: else it would always be due."""
LATEST_SHARE = 0.2
"""What is left of the lead when the last connection's turn comes."""
IDLE = timedelta(days=20)
"""A refresh token that was not used for so long is used. Providers drop them after 30 days and more."""
IDLE_SPREAD = timedelta(days=1)
BATCH = 50
"""Rows that are read at once."""
CONNECTOR_SHARE = 4
"""One connector gets at most one part in so many of the concurrency."""

Jitter = Callable[[Connection], float]
"""Where in its lead time a connection's turn is: 0 is early, nearly 1 is late."""


def phase(connection: Connection) -> float:
    """The same for this generation in every process and round, and evenly spread over connections."""
    return zlib.crc32(f"{connection.id}:{connection.generation}".encode()) / 2**32


@dataclass(kw_only=True, slots=True)
class Round:
    """What one round of a connector came to: numbers of connections.

    ``elsewhere`` were found in another process's hands; ``needing_people`` wait for their user.
    """

    renewed: int = 0
    failed: int = 0
    elsewhere: int = 0
    needing_people: int = 0


class Renewal:
    """Renews what is due, connector by connector."""

    def __init__(
        self,
        *,
        due: RenewalQueue,
        refresher: Refresher,
        catalog: Catalog,
        clock: Clock,
        concurrency: int,
        jitter: Jitter = phase,
    ) -> None:
        """At most ``concurrency`` refreshes run at once, and a fourth of them for one connector."""
        self._due = due
        self._refresher = refresher
        self._catalog = catalog
        self._clock = clock
        self._jitter = jitter
        self._slots = asyncio.Semaphore(concurrency)
        self._slots_of_one = max(1, concurrency // CONNECTOR_SHARE)
        self._stopping = False

    def connectors(self) -> tuple[str, ...]:
        """The connectors that can be renewed here: configured in this process, and with refresh."""
        return tuple(config.name for config in self._catalog.ready() if config.supports_refresh)

    def stop(self) -> None:
        """Begin no further refresh; rounds end when those that run are stored."""
        self._stopping = True

    async def round(self, connector: str) -> Round:
        """Try once to renew each connection of the connector that is due, and say what came of it.

        Raises ``StoreUnavailable`` if the database cannot say what is due, and what
        ``Catalog.get`` raises.
        """
        config = self._catalog.get(connector)
        tally = Round()
        slots = asyncio.Semaphore(self._slots_of_one)
        running: set[asyncio.Task[None]] = set()
        try:
            for why in Due:
                async for connection in self._turns(config, why):
                    await slots.acquire()
                    task = asyncio.create_task(self._renew(config, connection, tally))
                    running.add(task)
                    task.add_done_callback(running.discard)
                    task.add_done_callback(lambda _: slots.release())
        finally:
            await asyncio.gather(*running)
        if not self._stopping:
            tally.needing_people = await self._due.needing_people(config.name)
        _report(config, tally)
        return tally

    async def _turns(self, config: ConnectorConfig, why: Due) -> AsyncIterator[Connection]:
        """The connections whose turn has come, page by page: each at most once in a round."""
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
                repeatable_seconds=_repeatable_seconds(config),
            )
            for connection in page:
                if self._stopping:
                    return
                fresh_until = connection.tokens.fresh_until
                if why is Due.IDLE and fresh_until is not None and fresh_until <= now + LEAD:
                    continue  # it is on the other list
                if self._turn(connection, why) <= now:
                    yield connection
            if len(page) < BATCH:
                return
            last = page[-1]

    def _turn(self, connection: Connection, why: Due) -> datetime:
        tokens, early = connection.tokens, 1.0 - self._jitter(connection)
        if why is Due.IDLE or tokens.fresh_until is None:
            return tokens.issued_at + IDLE - IDLE_SPREAD * early
        lead = min(LEAD, (tokens.fresh_until - tokens.issued_at) * LEAD_SHARE)
        return tokens.fresh_until - lead * (LATEST_SHARE + (1.0 - LATEST_SHARE) * early)

    async def _renew(self, config: ConnectorConfig, connection: Connection, tally: Round) -> None:
        async with self._slots:
            if self._stopping:
                return
            expires_at = connection.tokens.expires_at
            # As for a caller: a refresh whose answer was lost is settled when the token is over.
            is_over = expires_at is not None and expires_at <= self._clock()
            try:
                found = await self._refresher.renew(config, connection, in_need=is_over, wait=False)
            except GatewayError as error:
                tally.failed += 1  # what a provider answered is in the row
                _log.info("not_renewed", connection=connection.id, reason=type(error).__name__)
            except Exception as error:
                # Rule 7: a connector's own code may fail in any way, and stops nobody else.
                tally.failed += 1
                _log.exception("renewal_failed", connector=config.name, exc_info=error)
            else:
                tally.renewed += found.generation > connection.generation
                tally.elsewhere += found.generation == connection.generation


def _repeatable_seconds(config: ConnectorConfig) -> float:
    return math.inf if config.refresh_rotation == "none" else config.refresh_grace_seconds


def _report(config: ConnectorConfig, tally: Round) -> None:
    if tally.renewed or tally.failed:
        _log.info(
            "renewal_round", connector=config.name, renewed=tally.renewed, failed=tally.failed
        )
    if tally.needing_people:
        _log.info(
            "connections_need_people", connector=config.name, connections=tally.needing_people
        )
