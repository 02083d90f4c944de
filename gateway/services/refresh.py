"""Refreshing: one use of each refresh token in the whole fleet, and no answer lost on purpose.

Callers inside this process share one task; across processes the lease in the connection's row
decides who talks to the provider, and the others wait for its result. The task is not cancelled
with the request that began it: what a provider issued is stored before anything else happens
(rule 2). The steps are those of docs/refresh.md.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

from connectors.config import ConnectorConfig
from connectors.context import Tokens
from connectors.secret import Secret
from gateway.audit.trail import OK, Audit
from gateway.clock import Clock
from gateway.digest import sha256_hex
from gateway.encryption.tokens import TokenSealer
from gateway.engine.templates import render_url
from gateway.errors import (
    ConnectorRequired,
    ProviderError,
    ProviderUnavailable,
    ReauthorizationRequired,
    TokenRejected,
)
from gateway.observe.logs import get_logger
from gateway.observe.metrics import Metrics, RefreshOutcome
from gateway.services.back_off import back_off
from gateway.services.outage import through_outage
from gateway.services.provider import Provider
from gateway.services.refresh_failures import may_repeat, outcome_of, reason_of, was_lost
from gateway.store.audit import Action
from gateway.store.connections import Connection, ConnectionStore, Status
from gateway.store.fresh.watch import Watch
from gateway.store.refresh_leases import Lease, RefreshLeases, new_owner

_log = get_logger()
T = TypeVar("T")

WAIT_SECONDS = 18.0
"""How long a caller waits for a refresh that another process is doing."""
OUTAGE_SECONDS = 60.0
"""How long a claim is repeated that the database does not answer: it may hold the lease."""
LOOK_SECONDS = 0.5
"""How long such a caller waits to be told before it looks by itself."""
LOST_ROTATION = "lost_rotation"

_Key = tuple[str, int, bool, bool]
"""Callers who ask for the same, and share a task: id, generation, ``in_need``, ``wait``."""

Checkpoint = Callable[[str], Awaitable[None]]
"""Told the name of each step that was just taken. A test ends or stops the process there."""


async def no_checkpoint(step: str) -> None:
    """Do nothing at a checkpoint."""


class Refresher:
    """Renews the tokens of connections."""

    def __init__(
        self,
        *,
        connections: ConnectionStore,
        refreshes: RefreshLeases,
        provider: Provider,
        sealer: TokenSealer,
        watch: Watch,
        clock: Clock,
        metrics: Metrics,
        audit: Audit,
        checkpoint: Checkpoint,
    ) -> None:
        self._connections = connections
        self._refreshes = refreshes
        self._provider = provider
        self._sealer = sealer
        self._watch = watch
        self._clock = clock
        self._metrics = metrics
        self._reached = checkpoint
        self._audit = audit
        self._running: dict[_Key, asyncio.Task[Connection]] = {}

    async def renew(
        self, config: ConnectorConfig, connection: Connection, *, in_need: bool, wait: bool = True
    ) -> Connection:
        """A newer generation than ``connection``, by whoever gets to refresh it first.

        ``in_need``: the current token is of no use. Without ``wait``, the answer is ``connection``
        itself where another process is refreshing it just now. Raises ``ProviderError``,
        ``ReauthorizationRequired``, ``ConnectorRequired`` (disconnected meanwhile) or ``VaultError``.
        """
        key = (connection.id, connection.generation, in_need, wait)
        task = self._running.get(key)
        if task is None:
            task = asyncio.create_task(self._refresh_or_wait(config, connection, in_need, wait))
            self._running[key] = task
            task.add_done_callback(lambda done: self._forget(key, done))
        # Shielded: a caller that goes away must not take the refresh of the others with it.
        return await asyncio.shield(task)

    async def close(self, seconds: float | None = None) -> None:
        """Wait for refreshes that are under way, so that nothing they yield is lost.

        What is not done after so many ``seconds`` is left: the log says for which connections, and
        their markers tell the next process that an answer may be lost.
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
            task.exception()  # every caller may be gone: then nobody else reads it

    async def _refresh_or_wait(
        self, config: ConnectorConfig, connection: Connection, in_need: bool, wait: bool = True
    ) -> Connection:
        if connection.status is Status.NEEDS_REAUTH:
            raise ReauthorizationRequired(config.name, connection.status_reason or "revoked")
        # All that may fail without the provider comes before the lease: nobody waits for it then.
        refresh_token = self._sealer.refresh_token(connection)
        if not config.supports_refresh or refresh_token is None:
            raise ReauthorizationRequired(config.name, "the grant has no refresh token")
        url = render_url(
            config.refresh_url or config.token_url, config, connection.connection_config
        )
        found = await self._lease_or_newer(config, connection, wait)
        if isinstance(found, Connection):
            return found
        await self._reached("claim")
        return await self._refresh_under(found, config, url, refresh_token, in_need)

    async def _lease_or_newer(
        self, config: ConnectorConfig, connection: Connection, wait: bool
    ) -> Lease | Connection:
        """The lease; or the connection as another process left it, or leaves it without ``wait``."""
        loop = asyncio.get_running_loop()
        began, owner = loop.time(), new_owner()
        asked = partial(
            through_outage,
            event="refresh_waits_for_database",
            connection=connection.id,
            ends=lambda: loop.time() >= began + OUTAGE_SECONDS,
        )
        waited = False
        try:
            while True:
                lease = await asked(lambda: self._refreshes.claim(connection, owner))
                if lease is not None:
                    return lease
                progress = await asked(lambda: self._refreshes.progress(connection))
                if progress is None:
                    raise ConnectorRequired(config.name)
                if progress.moved_on:
                    return await self._current(config, connection)
                if progress.cool_down:
                    raise ProviderUnavailable(
                        "the provider failed a moment ago", retry_after=progress.cool_down
                    )
                if not wait:
                    return connection
                waited = True
                if loop.time() >= began + WAIT_SECONDS:
                    raise ProviderUnavailable("another process is still refreshing", retry_after=1)
                await self._watch.changed(connection.id, LOOK_SECONDS)
        finally:
            # However it ended: with new tokens, an error, or the lease of who did not come back.
            if waited:
                self._metrics.lease_waited(config.name, loop.time() - began)

    async def _current(self, config: ConnectorConfig, connection: Connection) -> Connection:
        newest = await self._connections.get(connection.tenant, connection.id)
        if newest is None:
            raise ConnectorRequired(config.name)
        if newest.status is Status.NEEDS_REAUTH:
            raise ReauthorizationRequired(config.name, newest.status_reason or "revoked")
        return newest

    async def _refresh_under(
        self, lease: Lease, config: ConnectorConfig, url: str, token: Secret, in_need: bool
    ) -> Connection:
        digest = sha256_hex(token.reveal())
        lost = lease.marker if lease.marker and lease.marker.token == digest else None
        if lost is not None and not in_need and not may_repeat(config, lost.age):
            # The last access token may be the last there will ever be: it is used up first.
            await self._while_held(lease, lambda: self._refreshes.release(lease))
            raise ProviderUnavailable("an earlier refresh was never answered")
        claimed = lease
        marked = await self._while_held(claimed, lambda: self._refreshes.mark(claimed, digest))
        if marked is None:
            return await self._current(config, lease.connection)
        lease = marked
        await self._reached("mark")
        if lease.is_over:
            # This process slept (SIGSTOP, a long pause): another one may have used the token.
            await self._refreshes.withdraw(lease)
            return await self._refresh_or_wait(config, lease.connection, in_need)
        try:
            tokens = await self._ask(lease, config, url, token)
        except TokenRejected as error:
            return await self._give_up(lease, config, error, lost is not None)
        except ProviderError as error:
            if not await self._postpone(lease, config, error, lost is not None):
                # The lease was lost: who has it may have had more luck.
                progress = await self._refreshes.progress(lease.connection)
                if progress is None or progress.moved_on:
                    return await self._current(config, lease.connection)
            raise
        return await self._store(lease, config, _complete(tokens, token))

    async def _ask(self, lease: Lease, config: ConnectorConfig, url: str, token: Secret) -> Tokens:
        """Use the refresh token: a second time only if the first may be repeated (security D5)."""
        try:
            return await self._use(lease, config, url, token)
        except ProviderError as error:
            if lease.is_over or not was_lost(error) or not may_repeat(config, 0.0):
                raise
        _log.info("refresh_repeated", connector=config.name, connection=lease.connection.id)
        self._metrics.refresh(config.name, RefreshOutcome.REPEATED)
        try:
            return await self._use(lease, config, url, token)
        except ProviderError as error:
            error.outcome_unknown = True  # of the first use, whatever became of this one
            error.requests += 1
            raise

    async def _use(self, lease: Lease, config: ConnectorConfig, url: str, token: Secret) -> Tokens:
        return await self._provider.refresh(
            config, refresh_url=url, refresh_token=token, granted=lease.connection.granted_scopes
        )

    async def _give_up(
        self, lease: Lease, config: ConnectorConfig, error: TokenRejected, lost: bool
    ) -> Connection:
        connection, now = lease.connection, self._clock()
        reason = LOST_ROTATION if lost else error.provider_code or "invalid_grant"
        if await through_outage(
            lambda: self._refreshes.give_up(lease, reason, now),
            event="refresh_not_stored_yet",
            connection=connection.id,
        ):
            _log.warning("connection_needs_reauth", connection=connection.id, reason=reason)
            outcome = RefreshOutcome.LOST_ROTATION if lost else RefreshOutcome.REJECTED
            self._metrics.refresh(config.name, outcome)
            self._note(Action.CONNECTION_NEEDS_REAUTH, connection, outcome)
            raise ReauthorizationRequired(config.name, reason) from None
        return await self._current(config, connection)  # it moved on: its new grant counts

    async def _postpone(
        self, lease: Lease, config: ConnectorConfig, error: ProviderError, lost: bool
    ) -> bool:
        # An answer that was lost before stays lost, also where this request never left.
        unknown = error.outcome_unknown or lost
        seconds = back_off(error, lease.attempts, random.random())  # noqa: S311 - spreads load
        kept = await self._while_held(
            lease,
            lambda: self._refreshes.postpone(lease, seconds, reason_of(error), unknown=unknown),
        )
        self._metrics.refresh(config.name, outcome_of(error))
        self._note(Action.REFRESH_FAILED, lease.connection, outcome_of(error))
        _log.warning(
            "refresh_failed",
            connector=config.name,
            connection=lease.connection.id,
            error=type(error).__name__,
            provider_code=error.provider_code,
            outcome_unknown=unknown,
        )
        return kept

    async def _while_held(self, lease: Lease, write: Callable[[], Awaitable[T]]) -> T:
        """A write through an outage, for as long as nobody else can take the lease over."""
        return await through_outage(
            write,
            event="refresh_waits_for_database",
            connection=lease.connection.id,
            ends=lambda: lease.is_over,
        )

    async def _store(self, lease: Lease, config: ConnectorConfig, tokens: Tokens) -> Connection:
        connection, now = lease.connection, self._clock()
        sealed = self._sealer.seal(
            tokens,
            tenant=connection.tenant,
            owner=connection.owner,
            connector=config.name,
            row=connection.id,
            generation=connection.generation + 1,
            now=now,
        )
        await self._reached("answer")
        missing = set(connection.requested_scopes) - set(tokens.scopes)
        status = Status.NEEDS_SCOPES if missing else Status.ACTIVE
        # The provider may have ended the old refresh token: these tokens exist nowhere else (rule 2).
        stored = await through_outage(
            lambda: self._refreshes.store(lease, sealed, tokens.scopes, status, sealed.issued_at),
            event="refresh_not_stored_yet",
            connection=connection.id,
        )
        await self._reached("store")
        outcome = RefreshOutcome.REFRESHED if stored else RefreshOutcome.NOT_STORED
        self._metrics.refresh(config.name, outcome)
        if stored:
            self._note(Action.REFRESH_DONE, connection, OK)
        else:
            self._note(Action.REFRESH_FAILED, connection, outcome)
        _log.info("refreshed", connector=config.name, connection=connection.id, stored=stored)
        # Not stored means that a reconnect or disconnect came first: what is there now counts.
        return await self._current(config, connection)

    def _note(self, action: Action, connection: Connection, outcome: str) -> None:
        self._audit.note(
            action,
            tenant=connection.tenant,
            outcome=str(outcome),
            user=connection.user,
            connector=connection.connector,
            connection=connection.id,
        )


def _complete(tokens: Tokens, refresh_token: Secret) -> Tokens:
    """``tokens`` with the refresh token that was used, where the provider sent no new one (C5)."""
    if tokens.refresh_token is not None:
        return tokens
    return replace(tokens, refresh_token=refresh_token)
