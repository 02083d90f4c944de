"""Tokens: a valid one now. A read of a fresh token takes no lease and writes next to nothing.

Where a refresh is due, ``gateway.services.refresh`` does it; while it fails, a token that is still
valid is handed out (rule 3).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import timedelta

from connectors.catalog import Catalog
from connectors.config import ConnectorConfig
from connectors.secret import Secret
from gateway.clock import Clock
from gateway.engine.api import api_headers
from gateway.engine.templates import render_url
from gateway.errors import (
    AccountNotFound,
    ConnectorRequired,
    ProviderError,
    ReauthorizationRequired,
    VaultError,
)
from gateway.logs import get_logger
from gateway.metrics import Metrics, TokenResult
from gateway.reach import Reach
from gateway.services.refresh import Refresher
from gateway.services.sealing import TokenSealer
from gateway.store.connections import Connection, ConnectionStore

_log = get_logger()

LONGEST_SHARE = 0.9
"""The share of a token's whole life that ``min_seconds`` can ask for at most."""
TOUCH_EVERY = timedelta(minutes=1)


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
        refresher: Refresher,
        sealer: TokenSealer,
        reach: Reach,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._catalog = catalog
        self._connections = connections
        self._refresher = refresher
        self._sealer = sealer
        self._reach = reach
        self._clock = clock
        self._metrics = metrics

    async def get(self, wanted: Wanted) -> IssuedToken:
        """A working access token.

        Raises ``UnknownConnector``, ``ConnectorRequired``, ``AccountNotFound``,
        ``ReauthorizationRequired``, or a ``ProviderError`` if a refresh was due, failed, and the
        stored token is of no use any more.
        """
        with self._metrics.failed_token_reads(wanted.connector):
            return await self._get(wanted)

    async def _get(self, wanted: Wanted) -> IssuedToken:
        config = self._catalog.get(wanted.connector)
        connection = await self._find(config, wanted)
        token = self._sealer.access_token(connection)
        result = TokenResult.SERVED
        if self._refresh_is_due(connection, token, wanted):
            stored = connection
            connection = await self._renewed(config, stored, token, wanted)
            result = TokenResult.STALE_SERVED if connection is stored else TokenResult.RENEWED
            token = self._sealer.access_token(connection)
        await self._touch(connection)
        base_url = render_url(
            config.api_base_url, config, connection.connection_config, connection.metadata
        )
        self._metrics.token_read(config.name, result)
        return IssuedToken(
            access_token=token,
            connection=connection,
            api_base_url=self._reach.from_outside(base_url),
            api_headers=api_headers(config, token),
        )

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
        expires_at = connection.tokens.expires_at
        alive = expires_at is None or expires_at > self._clock()
        # A forced refresh asks for a new token: a failure is the answer then.
        in_need = wanted.force or not alive or _is_rejected(token, wanted)
        try:
            return await self._refresher.renew(config, connection, in_need=in_need)
        except (ProviderError, ReauthorizationRequired, VaultError) as error:
            # Rule 3, also where it is the refresh token that does not open.
            if in_need:
                raise
            _log.warning(
                "serving_current_token", connection=connection.id, reason=type(error).__name__
            )
            return connection

    async def _touch(self, connection: Connection) -> None:
        now = self._clock()
        if connection.last_used_at is None or now - connection.last_used_at >= TOUCH_EVERY:
            await self._connections.touch(connection, now)


def _is_rejected(token: Secret, wanted: Wanted) -> bool:
    if wanted.rejected_token_sha256 is None:
        return False
    digest = hashlib.sha256(token.reveal().encode()).hexdigest()
    return hmac.compare_digest(digest, wanted.rejected_token_sha256)
