"""Refreshing: one use of each refresh token in the whole fleet, and no answer lost on purpose.

Callers inside this process share one task; across processes the lease in the connection's row
decides who talks to the provider, and the others wait for its result. The task is not cancelled
with the request that began it: what a provider issued is stored before anything else happens
(rule 2). The steps are those of docs/refresh.md.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace

from connectors.config import ConnectorConfig
from connectors.context import Tokens
from connectors.secret import Secret
from gateway.clock import Clock
from gateway.engine.templates import render_url
from gateway.errors import (
    ConnectorRequired,
    ProviderError,
    ProviderMisconfigured,
    ProviderUnavailable,
    ReauthorizationRequired,
    StoreUnavailable,
    TokenRejected,
    UnreadableResponse,
)
from gateway.logs import get_logger
from gateway.metrics import Metrics, RefreshOutcome
from gateway.services.provider import Provider
from gateway.services.sealing import TokenSealer
from gateway.store.connections import Connection, ConnectionStore, SealedTokens, Status
from gateway.store.refreshes import Lease, RefreshStore
from gateway.store.watch import Watch

_log = get_logger()

WAIT_SECONDS = 25.0
"""How long a caller waits for a refresh that another process is doing."""
LOOK_SECONDS = 0.5
"""How long such a caller waits to be told before it looks by itself."""
STORE_ATTEMPTS = 20
STORE_RETRY_SECONDS = 0.5
FIRST_BACK_OFF = 1.0  # seconds; doubles with every failure
MAX_BACK_OFF = 60.0  # seconds between two attempts at an unavailable provider
LOST_ROTATION = "lost_rotation"

_Key = tuple[str, int, bool, bool]
"""Callers who ask for the same, and share a task: id, generation, ``in_need``, ``wait``."""

Checkpoint = Callable[[str], Awaitable[None]]
"""Told the name of each step that was just taken. A test ends or stops the process there."""


async def pass_on(step: str) -> None:
    """Do nothing at a checkpoint."""


class Refresher:
    """Renews the tokens of connections."""

    def __init__(
        self,
        *,
        connections: ConnectionStore,
        refreshes: RefreshStore,
        provider: Provider,
        sealer: TokenSealer,
        watch: Watch,
        clock: Clock,
        metrics: Metrics,
        jitter: Callable[[], float] = random.random,
        checkpoint: Checkpoint = pass_on,
    ) -> None:
        self._connections = connections
        self._refreshes = refreshes
        self._provider = provider
        self._sealer = sealer
        self._watch = watch
        self._clock = clock
        self._metrics = metrics
        self._jitter = jitter
        self._reached = checkpoint
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

    async def close(self) -> None:
        """Wait for refreshes that are under way, so that nothing they yield is lost."""
        await asyncio.gather(*self._running.values(), return_exceptions=True)

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
        loop = asyncio.get_running_loop()
        began = loop.time()
        deadline = began + WAIT_SECONDS
        waited = False
        while True:
            lease = await self._refreshes.claim(connection)
            if lease is not None:
                await self._reached("claim")
                return await self._refresh_under(lease, config, url, refresh_token, in_need)
            progress = await self._refreshes.progress(connection)
            if progress is None:
                raise ConnectorRequired(config.name)
            if progress.moved_on:
                if waited:
                    self._metrics.lease_waited(config.name, loop.time() - began)
                return await self._current(config, connection)
            if progress.cool_down:
                raise ProviderUnavailable(
                    "the provider failed a moment ago", retry_after=progress.cool_down
                )
            if not wait:
                return connection
            if loop.time() >= deadline:
                self._metrics.lease_waited(config.name, loop.time() - began)
                raise ProviderUnavailable("another process is still refreshing", retry_after=1)
            waited = True
            await self._watch.changed(connection.id, LOOK_SECONDS)

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
        digest = hashlib.sha256(token.reveal().encode()).hexdigest()
        lost = lease.marker if lease.marker and lease.marker.token == digest else None
        if lost is not None and not in_need and not _may_repeat(config, lost.age):
            # The last access token may be the last there will ever be: it is used up first.
            await self._refreshes.release(lease)
            raise ProviderUnavailable("an earlier refresh was never answered")
        if not await self._refreshes.mark(lease, digest):
            return await self._current(config, lease.connection)
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
            await self._postpone(lease, config, error, lost is not None)
            raise
        return await self._store(lease, config, _complete(tokens, token))

    async def _ask(self, lease: Lease, config: ConnectorConfig, url: str, token: Secret) -> Tokens:
        """Use the refresh token: a second time only if the first may be repeated (security D5)."""
        try:
            return await self._use(lease, config, url, token)
        except ProviderError as error:
            if lease.is_over or not _was_lost(error) or not _may_repeat(config, 0.0):
                raise
        _log.info("refresh_repeated", connector=config.name, connection=lease.connection.id)
        self._metrics.refresh(config.name, RefreshOutcome.REPEATED)
        try:
            return await self._use(lease, config, url, token)
        except ProviderError as error:
            error.outcome_unknown = True  # of the first use, whatever became of this one
            raise

    async def _use(self, lease: Lease, config: ConnectorConfig, url: str, token: Secret) -> Tokens:
        return await self._provider.refresh(
            config,
            refresh_url=url,
            refresh_token=token,
            granted=lease.connection.granted_scopes,
        )

    async def _give_up(
        self, lease: Lease, config: ConnectorConfig, error: TokenRejected, lost: bool
    ) -> Connection:
        connection = lease.connection
        reason = LOST_ROTATION if lost else error.provider_code or "invalid_grant"
        if await self._refreshes.give_up(lease, reason, self._clock()):
            _log.warning("connection_needs_reauth", connection=connection.id, reason=reason)
            outcome = RefreshOutcome.LOST_ROTATION if lost else RefreshOutcome.REJECTED
            self._metrics.refresh(config.name, outcome)
            raise ReauthorizationRequired(config.name, reason) from None
        return await self._current(config, connection)  # it moved on: its new grant counts

    async def _postpone(
        self, lease: Lease, config: ConnectorConfig, error: ProviderError, lost: bool
    ) -> None:
        # An answer that was lost before stays lost, also where this request never left.
        unknown = error.outcome_unknown or lost
        await self._refreshes.postpone(
            lease, self._back_off(error, lease.attempts), _reason(error), unknown=unknown
        )
        self._metrics.refresh(config.name, _outcome(error))
        _log.warning(
            "refresh_failed",
            connector=config.name,
            connection=lease.connection.id,
            error=type(error).__name__,
            provider_code=error.provider_code,
            outcome_unknown=unknown,
        )

    async def _store(self, lease: Lease, config: ConnectorConfig, tokens: Tokens) -> Connection:
        connection, now = lease.connection, self._clock()
        sealed = self._sealer.seal(
            tokens, tenant=connection.tenant, owner=connection.owner, connector=config.name,
            row=connection.id, generation=connection.generation + 1, now=now,
        )  # fmt: skip
        await self._reached("answer")
        missing = set(connection.requested_scopes) - set(tokens.scopes)
        status = Status.NEEDS_SCOPES if missing else Status.ACTIVE
        stored = await self._store_at_last(lease, sealed, tokens.scopes, status)
        await self._reached("store")
        outcome = RefreshOutcome.REFRESHED if stored else RefreshOutcome.NOT_STORED
        self._metrics.refresh(config.name, outcome)
        _log.info("refreshed", connector=config.name, connection=connection.id, stored=stored)
        # Not stored means that a reconnect or disconnect came first: what is there now counts.
        return await self._current(config, connection)

    async def _store_at_last(
        self, lease: Lease, sealed: SealedTokens, scopes: tuple[str, ...], status: Status
    ) -> bool:
        """Store what the provider issued, through a database that is away for a while.

        The provider may have ended the old refresh token: these tokens exist nowhere else (rule 2).
        A write whose outcome is unknown is safe to repeat: it names the generation it started from.
        """
        now = sealed.issued_at
        for _ in range(STORE_ATTEMPTS - 1):
            try:
                return await self._refreshes.store(lease, sealed, scopes, status, now)
            except StoreUnavailable:
                _log.error("refresh_not_stored_yet", connection=lease.connection.id)
                await asyncio.sleep(STORE_RETRY_SECONDS)
        return await self._refreshes.store(lease, sealed, scopes, status, now)

    def _back_off(self, error: ProviderError, attempts: int) -> float:
        if isinstance(error, ProviderUnavailable) and error.retry_after is not None:
            return float(error.retry_after)
        longest: float = min(FIRST_BACK_OFF * 2.0 ** min(attempts, 10), MAX_BACK_OFF)
        return longest * (0.5 + self._jitter() / 2)


def _may_repeat(config: ConnectorConfig, age: float) -> bool:
    """Whether a refresh token that was sent ``age`` seconds ago may be sent again."""
    return config.refresh_rotation == "none" or age < config.refresh_grace_seconds


def _was_lost(error: ProviderError) -> bool:
    """Whether the request left, and no answer of any kind arrived."""
    unanswered = isinstance(error, ProviderUnavailable) and error.status is None
    return unanswered and error.outcome_unknown


def _outcome(error: ProviderError) -> RefreshOutcome:
    """A failure that may pass, as it is counted."""
    if isinstance(error, ProviderMisconfigured):
        return RefreshOutcome.MISCONFIGURED
    if isinstance(error, ProviderUnavailable):
        return RefreshOutcome.RATE_LIMITED if error.rate_limited else RefreshOutcome.UNAVAILABLE
    if isinstance(error, UnreadableResponse):
        return RefreshOutcome.UNREADABLE
    return RefreshOutcome.REFUSED


def _reason(error: ProviderError) -> str:
    """Why a connection is not renewed, as it is shown with it."""
    if isinstance(error, ProviderMisconfigured):
        return "provider_misconfigured"
    if isinstance(error, ProviderUnavailable):
        return "rate_limited" if error.rate_limited else "provider_unavailable"
    return "provider_refused"


def _complete(tokens: Tokens, refresh_token: Secret) -> Tokens:
    """``tokens`` with the refresh token that was used, where the provider sent no new one (C5)."""
    if tokens.refresh_token is not None:
        return tokens
    return replace(tokens, refresh_token=refresh_token)
