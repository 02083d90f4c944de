"""One refresh under its lease: mark, ask the provider, store (the steps of docs/refresh.md)."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from connectors.config import Connector, ConnectorConfig
from connectors.context import Tokens
from connectors.secret import Secret
from gateway.audit.trail import OK, Audit
from gateway.clock import Clock
from gateway.digest import sha256_hex
from gateway.encryption.tokens import TokenSealer
from gateway.engine.pasted import unpack
from gateway.engine.scopes import missing_scopes
from gateway.engine.token_response import Earlier
from gateway.errors import (
    ConnectionIncomplete,
    GatewayError,
    InvalidRequest,
    ProviderError,
    ProviderUnavailable,
    ReauthorizationRequired,
    TokenRejected,
    UnreadableResponse,
)
from gateway.observe.logs import get_logger
from gateway.observe.metrics import Metrics, RefreshOutcome
from gateway.services.apps import Apps, blaming
from gateway.services.back_off import back_off
from gateway.services.key_provider import KeyProvider
from gateway.services.methods import key_of, oauth_of, renewal_margin, repeatable_seconds
from gateway.services.outage import through_outage
from gateway.services.provider import Provider
from gateway.services.refresh_failures import may_repeat, outcome_of, reason_of, was_lost
from gateway.services.unused_grants import UnusedGrants
from gateway.store.audit import Action
from gateway.store.connection import Connection, Method, Status
from gateway.store.refresh_leases import Lease, RefreshLeases

_log = get_logger()
T = TypeVar("T")

LOST_ROTATION = "lost_rotation"

Checkpoint = Callable[[str], Awaitable[None]]
"""Receives the name of each step that was just taken. Tests end or stop the process there."""


async def no_checkpoint(step: str) -> None:
    """Do nothing at a checkpoint."""


@dataclass(frozen=True, kw_only=True)
class RefreshParts:
    """The collaborators that all refreshes of a process share."""

    apps: Apps
    leases: RefreshLeases
    provider: Provider
    key_provider: KeyProvider
    sealer: TokenSealer
    clock: Clock
    metrics: Metrics
    audit: Audit
    checkpoint: Checkpoint
    environment: str
    unused: UnusedGrants


class RefreshAttempt:
    """Uses one refresh token, once, while this process holds the connection's lease."""

    def __init__(
        self,
        parts: RefreshParts,
        lease: Lease,
        config: Connector,
        url: str,
        token: Secret,
        earlier: Earlier | None,
    ) -> None:
        self._parts = parts
        self._lease = lease
        self._config = config
        self._url = url
        self._token = token
        self._earlier = earlier
        self._digest = sha256_hex(token.reveal())
        marker = lease.marker
        self._lost = marker if marker and marker.token == self._digest else None
        """An earlier use of this very token that was never answered."""
        self.stored: Connection | None = None
        """The connection with the new tokens, once ``run`` has stored them."""

    async def run(self, *, in_need: bool) -> bool:
        """Refresh the tokens; afterwards the stored connection is the one that counts.

        ``in_need`` says that the current access token is of no use. Returns false if the lease
        ended before the provider was asked: claim it again. Raises ``ProviderError`` if a later
        refresh may succeed, and ``ReauthorizationRequired`` if the provider refused the grant.
        """
        leases = self._parts.leases
        if self._lost is not None and not in_need and not self._may_repeat(self._lost.age):
            # This access token may be the last one that the grant yields: use it up first.
            await self._while_held(lambda: leases.release(self._lease))
            raise ProviderUnavailable("an earlier refresh was never answered")
        claimed = self._lease
        marked = await self._while_held(lambda: leases.mark(claimed, self._digest))
        if marked is None:
            return False
        self._lease = marked
        await self._parts.checkpoint("mark")
        if marked.is_over:
            # This process slept (SIGSTOP, a long pause): another one may have used the token.
            await leases.withdraw(marked)
            return False
        try:
            tokens = await self._asked(marked)
        except TokenRejected as error:
            await self._give_up(error)
            return True
        except ProviderError as error:
            if not await self._postpone(error):
                # Another process took the lease over, and may have succeeded.
                progress = await leases.progress(marked.connection)
                if progress is None or progress.moved_on:
                    return True
            raise
        if tokens.refresh_token is None:  # the provider goes on with the one that was used (C5)
            tokens = replace(tokens, refresh_token=self._token)
        await self._store(tokens)
        return True

    async def _asked(self, lease: Lease) -> Tokens:
        """Return new tokens. Any failure that is no provider's ends the lease at once (rule 7)."""
        try:
            return await self._ask()
        except ProviderError:
            raise
        except GatewayError as error:  # the request could not be made
            await self._while_held(lambda: self._parts.leases.withdraw(lease))
            if isinstance(error, InvalidRequest):  # the connector has changed its inputs since
                connection = lease.connection
                raise ConnectionIncomplete(self._config.name, connection.id, str(error)) from None
            raise
        except Exception as error:
            _log.exception("token_request_failed", connector=self._config.name, exc_info=error)
            raise UnreadableResponse(
                "the request for new tokens failed by a fault here", outcome_unknown=True
            ) from None

    async def _ask(self) -> Tokens:
        """Send the refresh token; send it twice only if the first use may be repeated (D5)."""
        try:
            return await self._use()
        except ProviderError as error:
            if self._lease.is_over or not was_lost(error) or not self._may_repeat(0.0):
                raise
        name = self._config.name
        _log.info("refresh_repeated", connector=name, connection=self._lease.connection.id)
        self._parts.metrics.refresh(name, RefreshOutcome.REPEATED)
        try:
            return await self._use()
        except ProviderError as error:
            # The first request may have been answered with tokens, even if this one failed.
            error.outcome_unknown = True
            error.requests += 1
            raise

    async def _use(self) -> Tokens:
        connection, config = self._lease.connection, self._config
        if connection.method is Method.CLIENT_CREDENTIALS:
            values = {**connection.connection_config, **unpack(self._token)}
            return await self._parts.key_provider.ask(config, key_of(config, connection), values)
        with blaming(connection.app):
            return await self._parts.provider.refresh(
                oauth_of(config, connection),
                refresh_url=self._url,
                refresh_token=self._token,
                granted=connection.granted_scopes,
                earlier=self._earlier,
            )

    def _may_repeat(self, age: float) -> bool:
        seconds = repeatable_seconds(self._config, self._lease.connection.method)
        return may_repeat(seconds, age)

    async def _give_up(self, error: TokenRejected) -> None:
        """Raise ``ReauthorizationRequired``, unless the connection has a new grant by now."""
        connection, now = self._lease.connection, self._parts.clock()
        lost = self._lost is not None
        reason = LOST_ROTATION if lost else error.provider_code or "invalid_grant"
        given_up = await through_outage(
            lambda: self._parts.leases.give_up(self._lease, reason, now),
            event="refresh_not_stored_yet",
            connection=connection.id,
        )
        if given_up:
            _log.warning("connection_needs_reauth", connection=connection.id, reason=reason)
            outcome = RefreshOutcome.LOST_ROTATION if lost else RefreshOutcome.REJECTED
            self._parts.metrics.refresh(self._config.name, outcome)
            self._note(Action.CONNECTION_NEEDS_REAUTH, outcome)
            raise ReauthorizationRequired(self._config.name, reason, connection.id) from None

    async def _postpone(self, error: ProviderError) -> bool:
        """Write down the failure and when to try again; False if the lease was lost."""
        # An answer that was lost before stays lost, even if this request never left.
        unknown = error.outcome_unknown or self._lost is not None
        jitter = random.random()  # noqa: S311 - spreads load
        seconds = back_off(error, self._lease.attempts, jitter)
        kept = await self._while_held(
            lambda: self._parts.leases.postpone(
                self._lease, seconds, reason_of(error), self._parts.clock(), unknown=unknown
            )
        )
        self._parts.metrics.refresh(self._config.name, outcome_of(error))
        self._note(Action.REFRESH_FAILED, outcome_of(error))
        _log.warning(
            "refresh_failed",
            connector=self._config.name,
            connection=self._lease.connection.id,
            error=type(error).__name__,
            provider_code=error.provider_code,
            outcome_unknown=unknown,
        )
        return kept

    async def _store(self, tokens: Tokens) -> None:
        connection, config = self._lease.connection, self._config
        sealed = self._parts.sealer.seal(
            tokens,
            tenant=connection.tenant,
            owner=connection.owner,
            connector=config.name,
            row=connection.id,
            generation=connection.generation + 1,
            now=self._parts.clock(),
            renew_before=renewal_margin(config, connection.method),
        )
        await self._parts.checkpoint("answer")
        missing: list[str] = []
        if isinstance(config, ConnectorConfig):
            missing = missing_scopes(config, connection.requested_scopes, tokens.scopes)
        status = Status.NEEDS_SCOPES if missing else Status.ACTIVE
        # The provider may have ended the old refresh token: only this process has the new one
        # (rule 2).
        self.stored = await through_outage(
            lambda: self._parts.leases.store(
                self._lease, sealed, tokens.scopes, status, sealed.issued_at
            ),
            event="refresh_not_stored_yet",
            connection=connection.id,
        )
        await self._parts.checkpoint("store")
        stored = self.stored is not None
        outcome = RefreshOutcome.REFRESHED if stored else RefreshOutcome.NOT_STORED
        self._parts.metrics.refresh(config.name, outcome)
        if stored:
            self._note(Action.REFRESH_DONE, OK)
        else:  # a reconnect or a disconnect came first
            self._note(Action.REFRESH_FAILED, outcome)
            await self._revoke(tokens)
        _log.info("refreshed", connector=config.name, connection=connection.id, stored=stored)

    async def _revoke(self, tokens: Tokens) -> None:
        connection, config = self._lease.connection, self._config
        if isinstance(config, ConnectorConfig) and connection.method is Method.OAUTH2:
            await self._parts.unused.revoke(
                config,
                tokens,
                tenant=connection.tenant,
                app=connection.app,
                account_id=connection.external_account_id,
                connection_config=connection.connection_config,
                metadata=connection.metadata,
            )

    async def _while_held(self, write: Callable[[], Awaitable[T]]) -> T:
        """Repeat a write through an outage, until another process may take over the lease."""
        return await through_outage(
            write,
            event="refresh_waits_for_database",
            connection=self._lease.connection.id,
            ends=lambda: self._lease.is_over,
        )

    def _note(self, action: Action, outcome: str) -> None:
        about = self._lease.connection.about
        self._parts.audit.note(action, outcome=str(outcome), **about)
