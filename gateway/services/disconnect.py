"""Disconnect: delete the connection, then revoke the grant at the provider.

Deleting always succeeds. Revoking is best effort, and is skipped where another user's connection
may share the grant (security B7).
"""

from __future__ import annotations

import contextlib
from enum import StrEnum

from connectors.config import Connector, ConnectorConfig
from connectors.errors import ConnectorError
from gateway.audit.trail import Audit
from gateway.clock import Clock
from gateway.encryption.tokens import TokenSealer
from gateway.engine.integration_names import is_integration, slug_of
from gateway.errors import (
    ConnectionNotFound,
    InvalidRequest,
    ProviderError,
    RowUnreadable,
    StoreUnavailable,
)
from gateway.observe.logs import get_logger
from gateway.services.apps import Apps
from gateway.services.provider import Provider
from gateway.store.audit import Action
from gateway.store.connection import Connection, Method
from gateway.store.connections import ConnectionStore
from gateway.store.integration_tools import IntegrationToolStore

_log = get_logger()


class Revoked(StrEnum):
    """Result of the revocation at the provider."""

    YES = "yes"
    NO = "no"
    UNSUPPORTED = "unsupported"
    SHARED = "shared"


class DisconnectService:
    """Ends connections."""

    def __init__(
        self,
        *,
        apps: Apps,
        connections: ConnectionStore,
        provider: Provider,
        sealer: TokenSealer,
        clock: Clock,
        audit: Audit,
        environment: str,
        tools: IntegrationToolStore,
    ) -> None:
        self._apps = apps
        self._tools = tools
        self._connections = connections
        self._provider = provider
        self._sealer = sealer
        self._clock = clock
        self._audit = audit
        self._environment = environment

    async def forecast(self, connection: Connection) -> Revoked:
        """Predict the result of ``disconnect``, for the page that asks for confirmation."""
        if await self._is_shared(connection):
            return Revoked.SHARED
        if not connection.is_of(self._environment):
            return Revoked.NO
        try:
            supported = _revokes(self._apps.described(connection), connection)
            if supported:
                await self._apps.of(connection)
        except ConnectorError:
            supported = False
        except RowUnreadable:
            return Revoked.NO
        return Revoked.YES if supported else Revoked.UNSUPPORTED

    async def disconnect(self, connection: Connection) -> Revoked:
        """Delete the connection, then revoke its grant at the provider.

        Raises ``ConnectionNotFound`` if the connection was already deleted.
        """
        # Delete the row first: after the revocation, no caller may receive its tokens.
        last = await self._connections.delete(connection, self._clock())
        if last is None:
            raise ConnectionNotFound
        await self._audit.write(Action.CONNECTION_DISCONNECTED, **last.about)
        revoked = await self.revoke(last)
        if is_integration(last.connector):
            with contextlib.suppress(StoreUnavailable):  # nobody reaches them any more
                await self._tools.remove(last.tenant, slug_of(last.connector), last.id)
        _log.info(
            "disconnected", connector=last.connector, connection=last.id, revoked=str(revoked)
        )
        return revoked

    async def revoke(self, connection: Connection) -> Revoked:
        """Revoke the grant of a connection whose row is gone, or has become another's."""
        if await self._is_shared(connection):
            return Revoked.SHARED
        if not connection.is_of(self._environment):
            # Another environment's app has this grant, perhaps in the database this is a copy of.
            _log.warning("revocation_failed", connection=connection.id, error="WrongEnvironment")
            return Revoked.NO
        try:
            if not _revokes(self._apps.described(connection), connection):
                return Revoked.UNSUPPORTED
            done = await self._provider.revoke(
                await self._apps.of(connection),
                connection_config=connection.connection_config,
                metadata=connection.metadata,
                access_token=self._sealer.access_token(connection),
                refresh_token=self._sealer.refresh_token(connection),
            )
        except (ConnectorError, ProviderError, RowUnreadable, InvalidRequest) as error:
            _log.warning("revocation_failed", connection=connection.id, error=type(error).__name__)
            return Revoked.NO
        if done is None:
            return Revoked.UNSUPPORTED
        return Revoked.YES if done else Revoked.NO

    async def _is_shared(self, connection: Connection) -> bool:
        return await self._connections.is_linked(
            connection.tenant,
            connection.connector,
            connection.external_account_id,
            besides=connection.id,
            app=connection.app,
        )


def _revokes(config: Connector, connection: Connection) -> bool:
    """Whether the provider can end the grant; a pasted key is ended there by its owner."""
    if connection.method is not Method.OAUTH2 or not isinstance(config, ConnectorConfig):
        return False
    return config.revocation_url is not None
