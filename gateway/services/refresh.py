"""Refresh: one use of each refresh token in the whole fleet (design rule 2).

Callers inside this process share one task. Across processes the lease in the connection's row
decides which one asks the provider; the others wait for its result. The task outlives the request
that began it: tokens that a provider issued are stored before anything else happens.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from functools import partial

from connectors.config import Connector, ConnectorConfig
from gateway.engine.token_response import Earlier
from gateway.errors import (
    ConnectorRequired,
    ProviderUnavailable,
    ReauthorizationRequired,
    WrongEnvironment,
)
from gateway.observe.logs import get_logger
from gateway.services.methods import is_renewable
from gateway.services.outage import through_outage
from gateway.services.refresh_attempt import RefreshAttempt, RefreshParts
from gateway.services.states import refresh_request
from gateway.store.connection import Connection, Status
from gateway.store.connections import ConnectionStore
from gateway.store.fresh.watch import Watch
from gateway.store.refresh_leases import Holder, Lease, Progress, new_owner

_log = get_logger()

OUTAGE_SECONDS = 60.0
"""How long an unanswered claim is repeated, as the database may have granted the lease."""
LOOK_SECONDS = 0.5
"""How often a waiting caller looks at the row if no notice comes."""

_Key = tuple[str, int, bool, bool]
"""Callers with the same key share a task: id, generation, ``in_need``, ``wait``."""


class Refresher:
    """Refreshes the tokens of connections."""

    def __init__(
        self,
        *,
        connections: ConnectionStore,
        watch: Watch,
        parts: RefreshParts,
        takeover_seconds: float,
    ) -> None:
        """Take over the lease of a holder that has been silent for ``takeover_seconds``."""
        self._connections = connections
        self._watch = watch
        self._parts = parts
        self._takeover_seconds = takeover_seconds
        self._running: dict[_Key, asyncio.Task[Connection]] = {}

    async def renew(
        self, config: Connector, connection: Connection, *, in_need: bool, wait: bool = True
    ) -> Connection:
        """Return a newer generation of ``connection``, refreshed by this or another process.

        Args:
            in_need: The current access token is of no use.
            wait: Wait for another process that is refreshing now; otherwise return ``connection``.

        Raises:
            AppRemoved: The tenant has removed its own app that made the grant.
            ConnectionIncomplete: The request for a refresh needs a fact that is missing.
            ConnectorRequired: The connection was disconnected meanwhile.
            ProviderError: The provider gave no tokens.
            ReauthorizationRequired: Only the person can renew the grant.
            VaultError: The refresh token cannot be decrypted.
            WrongEnvironment: Another environment has the grant.
        """
        key = (connection.id, connection.generation, in_need, wait)
        task = self._running.get(key)
        if task is None:
            task = asyncio.create_task(self._refresh_or_wait(config, connection, in_need, wait))
            self._running[key] = task
            task.add_done_callback(lambda done: self._forget(key, done))
        # Shielded: a caller that goes away must not cancel the refresh of the others.
        return await asyncio.shield(task)

    async def close(self, seconds: float | None = None) -> None:
        """Wait up to ``seconds`` for running refreshes, so that no issued token is lost.

        A refresh that takes longer is cancelled and logged. Its marker tells the next process that
        an answer may be lost.
        """
        if not self._running:
            return
        _, left = await asyncio.wait([*self._running.values()], timeout=seconds)
        ids = sorted({key[0] for key, task in self._running.items() if task in left})
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        if ids:
            _log.error("refreshes_left", connections=ids)

    def _forget(self, key: _Key, task: asyncio.Task[Connection]) -> None:
        self._running.pop(key, None)
        if not task.cancelled():
            task.exception()  # read here in case every caller has gone away

    async def _refresh_or_wait(
        self, config: Connector, connection: Connection, in_need: bool, wait: bool
    ) -> Connection:
        while True:
            _unless_over(connection)
            # Steps that can fail without the provider come before the lease, so no caller waits.
            if not connection.is_of(environment := self._parts.environment):
                raise WrongEnvironment(
                    f'the grant is of the environment "{connection.environment}", '
                    f'and this is "{environment}"'
                )
            if connection.app is not None:
                config = await self._parts.apps.of(connection)
            refresh_token = self._parts.sealer.refresh_token(connection)
            if not is_renewable(config, connection.method) or refresh_token is None:
                raise ReauthorizationRequired(config.name, "no_refresh_token", connection.id)
            ready, url = refresh_request(config, connection)
            earlier = self._earlier(config, connection)
            found = await self._lease_or_newer(config, connection, wait)
            if isinstance(found, Connection):
                return found
            await self._parts.checkpoint("claim")
            attempt = RefreshAttempt(self._parts, found, ready, url, refresh_token, earlier)
            if await attempt.run(in_need=in_need):
                return attempt.stored or await self._current(config, connection)
            connection, wait = found.connection, True

    def _earlier(self, config: Connector, connection: Connection) -> Earlier | None:
        if not (isinstance(config, ConnectorConfig) and config.refresh_extends):
            return None
        tokens = connection.tokens
        life = None if tokens.expires_at is None else tokens.expires_at - tokens.issued_at
        return Earlier(self._parts.sealer.access_token(connection), life)

    async def _lease_or_newer(
        self, config: Connector, connection: Connection, wait: bool
    ) -> Lease | Connection:
        """Claim the lease, or return the connection as another process left it.

        Without ``wait``, return ``connection`` itself while another process refreshes it.
        """
        loop = asyncio.get_running_loop()
        began, owner = loop.time(), new_owner()
        watched = _WatchedHolder(self._takeover_seconds, loop.time)

        def given_up() -> bool:
            watched.forget()  # the holder could not write either: watch it again
            return loop.time() >= began + OUTAGE_SECONDS

        asked = partial(
            through_outage,
            event="refresh_waits_for_database",
            connection=connection.id,
            ends=given_up,
        )
        waited = False
        try:
            progress: Progress | None = None
            while True:
                if progress is None or not progress.held or watched.silent:
                    lease = await asked(
                        lambda: self._parts.leases.claim(connection, owner, watched.silent)
                    )
                    if lease is not None:
                        return lease
                progress = await asked(lambda: self._parts.leases.progress(connection))
                if progress is None:
                    raise ConnectorRequired(config.name)
                if progress.moved_on:
                    return _unless_over(progress.moved_on)
                if progress.cool_down:
                    raise ProviderUnavailable(
                        "the provider failed a moment ago", retry_after=progress.cool_down
                    )
                if not wait and progress.held:
                    return connection
                waited = True
                watched.see(progress.holder)
                await self._watch.changed(connection.id, min(LOOK_SECONDS, watched.seconds_left))
        finally:
            # The wait ended with new tokens, an error, or the lease of a dead process.
            if waited:
                self._parts.metrics.lease_waited(config.name, loop.time() - began)

    async def _current(self, config: Connector, connection: Connection) -> Connection:
        newest = await self._connections.get(connection.tenant, connection.id)
        if newest is None:
            raise ConnectorRequired(config.name)
        return _unless_over(newest)


class _WatchedHolder:
    """The holder of a lease, as this process sees it.

    A holder may still be waiting for its provider, or for the database, although its lease has
    passed: the database's clock can jump, and an outage can outlast a lease. So it is watched for
    ``seconds`` by this process's own clock ``now``, before its lease is taken over.
    """

    def __init__(self, seconds: float, now: Callable[[], float]) -> None:
        self._seconds = seconds
        self._now = now
        self.forget()

    def forget(self) -> None:
        """Begin again with the next look."""
        self._holder: Holder | None = None
        self._silent_at = math.inf

    def see(self, holder: Holder | None) -> None:
        """Note the holder of the lease; another holder or request is watched from now on."""
        if holder != self._holder:
            self._holder, self._silent_at = holder, self._now() + self._seconds

    @property
    def seconds_left(self) -> float:
        """The seconds until the holder counts as silent."""
        return max(0.0, self._silent_at - self._now())

    @property
    def silent(self) -> Holder | None:
        """The holder, if nothing was seen of it for long enough."""
        return self._holder if self._now() >= self._silent_at else None


def _unless_over(connection: Connection) -> Connection:
    """Return ``connection``; raise ``ReauthorizationRequired`` if its grant is over."""
    if connection.status is Status.NEEDS_REAUTH:
        reason = connection.status_reason or "revoked"
        raise ReauthorizationRequired(connection.connector, reason, connection.id)
    return connection
