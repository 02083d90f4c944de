"""Tokens: a valid one now, and one refresh at a time per connection in the whole fleet.

A read of a fresh token takes no lease. Where a refresh is due, callers inside this process share
one task; across processes the lease in MongoDB decides who talks to the provider, and the others
wait for its result. The task is not cancelled with the request that began it: what a provider
issued is stored before anything else happens (rule 2).
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from connectors.catalog import Catalog
from connectors.config import ConnectorConfig
from connectors.context import Tokens
from connectors.secret import Secret
from gateway.clock import Clock
from gateway.engine.api import api_headers
from gateway.engine.templates import render_url
from gateway.errors import (
    AccountNotFound,
    ConnectorRequired,
    ProviderError,
    ProviderUnavailable,
    ReauthorizationRequired,
    StoreUnavailable,
    TokenRejected,
    VaultError,
)
from gateway.logs import get_logger
from gateway.reach import Reach
from gateway.services.provider import Provider
from gateway.services.sealing import TokenSealer
from gateway.store.connections import Connection, ConnectionStore, SealedTokens, Status
from gateway.store.refreshes import Lease, RefreshStore

_log = get_logger()

WAIT_SECONDS = 20.0
"""How long a caller waits for a refresh that another process is doing."""
POLL_SECONDS = 0.05
LONGEST_SHARE = 0.9
"""The share of a token's whole life that ``min_seconds`` can ask for at most."""
TOUCH_EVERY = timedelta(minutes=1)
STORE_ATTEMPTS = 20
STORE_RETRY_SECONDS = 0.5
MAX_BACK_OFF = 60.0  # seconds between two attempts at an unavailable provider


@dataclass(frozen=True, kw_only=True, slots=True)
class IssuedToken:
    """An access token for a caller, with what it needs to use it."""

    access_token: Secret
    connection: Connection
    api_base_url: str
    api_headers: dict[str, str] = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which token: of which user and account, and how good it must be.

    ``rejected_token_sha256`` is the hex hash of a token that the provider's API refused;
    ``min_seconds`` asks for that much life; ``force`` for a refresh in any case.
    """

    connector: str
    tenant: str
    user: str
    account: str | None = None
    rejected_token_sha256: str | None = None
    min_seconds: int = 0
    force: bool = False

    @property
    def owner(self) -> str:
        """The owner of the connection."""
        return f"user:{self.user}"


class TokenService:
    """Hands out access tokens, and renews them when it is time."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        connections: ConnectionStore,
        refreshes: RefreshStore,
        provider: Provider,
        sealer: TokenSealer,
        reach: Reach,
        clock: Clock,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._catalog = catalog
        self._connections = connections
        self._refreshes = refreshes
        self._provider = provider
        self._sealer = sealer
        self._reach = reach
        self._clock = clock
        self._jitter = jitter
        self._running: dict[tuple[str, int], asyncio.Task[Connection]] = {}

    async def get(self, wanted: Wanted) -> IssuedToken:
        """A working access token.

        Raises ``UnknownConnector``, ``ConnectorRequired``, ``AccountNotFound``,
        ``ReauthorizationRequired``, or a ``ProviderError`` if a refresh was due, failed, and the
        stored token is of no use any more.
        """
        config = self._catalog.get(wanted.connector)
        connection = await self._find(config, wanted)
        token = self._sealer.access_token(connection)
        if self._refresh_is_due(connection, token, wanted):
            connection = await self._renewed(config, connection, token, wanted)
            token = self._sealer.access_token(connection)
        await self._touch(connection)
        base_url = render_url(
            config.api_base_url, config, connection.connection_config, connection.metadata
        )
        return IssuedToken(
            access_token=token,
            connection=connection,
            api_base_url=self._reach.from_outside(base_url),
            api_headers=api_headers(config, token),
        )

    async def close(self) -> None:
        """Wait for refreshes that are under way, so that nothing they yield is lost."""
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _find(self, config: ConnectorConfig, wanted: Wanted) -> Connection:
        mine = (wanted.tenant, wanted.owner, config.name)
        connection = await self._connections.find_account(*mine, wanted.account)
        if connection is not None:
            return connection
        if wanted.account and await self._connections.find_account(*mine, None):
            raise AccountNotFound(config.name)
        raise ConnectorRequired(config.name)

    def _refresh_is_due(self, connection: Connection, token: Secret, wanted: Wanted) -> bool:
        if wanted.force or _is_rejected(token, wanted):
            return True
        now, tokens = self._clock(), connection.tokens
        if tokens.expires_at is None or tokens.fresh_until is None:
            return False  # of unknown life: used until the provider's API refuses it
        # No token of this provider can live longer than it is issued for: asking for more than that
        # must not refresh on every call.
        longest = (tokens.expires_at - tokens.issued_at) * LONGEST_SHARE
        wanted_life = min(timedelta(seconds=wanted.min_seconds), longest)
        return now >= tokens.fresh_until or tokens.expires_at - now < wanted_life

    async def _renewed(
        self, config: ConnectorConfig, connection: Connection, token: Secret, wanted: Wanted
    ) -> Connection:
        try:
            return await self._refresh(config, connection)
        except (ProviderError, ReauthorizationRequired, VaultError) as error:
            # Rule 3, also where it is the refresh token that does not open. A forced refresh asks
            # for a new token, so there the failure is the answer.
            expires_at = connection.tokens.expires_at
            alive = expires_at is None or expires_at > self._clock()
            if wanted.force or not alive or _is_rejected(token, wanted):
                raise
            _log.warning(
                "serving_current_token", connection=connection.id, reason=type(error).__name__
            )
            return connection

    async def _refresh(self, config: ConnectorConfig, connection: Connection) -> Connection:
        """A newer generation than ``connection``, by whoever gets to refresh it first."""
        key = (connection.id, connection.generation)
        task = self._running.get(key)
        if task is None:
            task = asyncio.create_task(self._refresh_or_wait(config, connection))
            self._running[key] = task
            task.add_done_callback(lambda done: self._forget(key, done))
        # Shielded: a caller that goes away must not take the refresh of the others with it.
        return await asyncio.shield(task)

    def _forget(self, key: tuple[str, int], task: asyncio.Task[Connection]) -> None:
        self._running.pop(key, None)
        if not task.cancelled():
            task.exception()  # every caller may be gone: then nobody else reads it

    async def _refresh_or_wait(self, config: ConnectorConfig, connection: Connection) -> Connection:
        if connection.status is Status.NEEDS_REAUTH:
            raise ReauthorizationRequired(config.name, connection.status_reason or "revoked")
        # All that may fail without the provider comes before the lease: nobody waits for it then.
        refresh_token = self._sealer.refresh_token(connection)
        if not config.supports_refresh or refresh_token is None:
            raise ReauthorizationRequired(config.name, "the grant has no refresh token")
        refresh_url = render_url(
            config.refresh_url or config.token_url, config, connection.connection_config
        )
        loop = asyncio.get_running_loop()
        deadline = loop.time() + WAIT_SECONDS
        while True:
            lease = await self._refreshes.claim(connection)
            if lease is not None:
                return await self._refresh_under(lease, config, refresh_url, refresh_token)
            progress = await self._refreshes.progress(connection)
            if progress is None:
                raise ConnectorRequired(config.name)
            if progress.moved_on:
                return await self._current(config, connection)
            if progress.cool_down:
                raise ProviderUnavailable(
                    "the provider failed a moment ago", retry_after=progress.cool_down
                )
            if loop.time() >= deadline:
                raise ProviderUnavailable("another process is still refreshing", retry_after=1)
            await asyncio.sleep(POLL_SECONDS)

    async def _current(self, config: ConnectorConfig, connection: Connection) -> Connection:
        newest = await self._connections.get(connection.tenant, connection.id)
        if newest is None:
            raise ConnectorRequired(config.name)
        if newest.status is Status.NEEDS_REAUTH:
            raise ReauthorizationRequired(config.name, newest.status_reason or "revoked")
        return newest

    async def _refresh_under(
        self, lease: Lease, config: ConnectorConfig, refresh_url: str, refresh_token: Secret
    ) -> Connection:
        connection = lease.connection
        try:
            tokens = await self._provider.refresh(
                config,
                refresh_url=refresh_url,
                refresh_token=refresh_token,
                granted=connection.granted_scopes,
            )
        except TokenRejected as error:
            reason = error.provider_code or "invalid_grant"
            if await self._refreshes.give_up(lease, reason, self._clock()):
                _log.warning("connection_needs_reauth", connection=connection.id, reason=reason)
                raise ReauthorizationRequired(config.name, reason) from None
            return await self._current(config, connection)  # it moved on: its new grant counts
        except ProviderError as error:
            await self._refreshes.postpone(lease, self._back_off(error))
            _log.warning(
                "refresh_failed",
                connector=config.name,
                connection=connection.id,
                error=type(error).__name__,
                provider_code=error.provider_code,
            )
            raise
        return await self._store(lease, config, _complete(tokens, refresh_token))

    async def _store(self, lease: Lease, config: ConnectorConfig, tokens: Tokens) -> Connection:
        connection, now = lease.connection, self._clock()
        sealed = self._sealer.seal(
            tokens, tenant=connection.tenant, owner=connection.owner, connector=config.name,
            row=connection.id, generation=connection.generation + 1, now=now,
        )  # fmt: skip
        missing = set(connection.requested_scopes) - set(tokens.scopes)
        status = Status.NEEDS_SCOPES if missing else Status.ACTIVE
        stored = await self._store_at_last(lease, sealed, tokens.scopes, status, now)
        _log.info("refreshed", connector=config.name, connection=connection.id, stored=stored)
        # Not stored means that a reconnect or disconnect came first: what is there now counts.
        return await self._current(config, connection)

    async def _store_at_last(
        self,
        lease: Lease,
        sealed: SealedTokens,
        scopes: tuple[str, ...],
        status: Status,
        now: datetime,
    ) -> bool:
        """Store what the provider issued, through a database that is away for a while.

        The provider may have ended the old refresh token: these tokens exist nowhere else (rule 2).
        A write whose outcome is unknown is safe to repeat: it names the generation it started from.
        """
        for _ in range(STORE_ATTEMPTS - 1):
            try:
                return await self._refreshes.store(lease, sealed, scopes, status, now)
            except StoreUnavailable:
                _log.error("refresh_not_stored_yet", connection=lease.connection.id)
                await asyncio.sleep(STORE_RETRY_SECONDS)
        return await self._refreshes.store(lease, sealed, scopes, status, now)

    def _back_off(self, error: ProviderError) -> float:
        if isinstance(error, ProviderUnavailable) and error.retry_after is not None:
            return min(float(error.retry_after), MAX_BACK_OFF)
        return 1.0 + self._jitter() * 2.0

    async def _touch(self, connection: Connection) -> None:
        now = self._clock()
        if connection.last_used_at is None or now - connection.last_used_at >= TOUCH_EVERY:
            await self._connections.touch(connection, now)


def _is_rejected(token: Secret, wanted: Wanted) -> bool:
    if wanted.rejected_token_sha256 is None:
        return False
    digest = hashlib.sha256(token.reveal().encode()).hexdigest()
    return hmac.compare_digest(digest, wanted.rejected_token_sha256)


def _complete(tokens: Tokens, refresh_token: Secret) -> Tokens:
    """``tokens`` with the refresh token that was used, where the provider sent no new one (C5)."""
    if tokens.refresh_token is not None:
        return tokens
    return replace(tokens, refresh_token=refresh_token)
