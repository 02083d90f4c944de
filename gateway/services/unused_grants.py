"""Grants that no connection keeps: they are revoked, so that nobody has to look for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.config import ConnectorConfig
from connectors.context import Tokens
from gateway.errors import InvalidRequest, ProviderError, StoreUnavailable
from gateway.observe.logs import get_logger
from gateway.services.provider import Provider
from gateway.store.connections import ConnectionStore

_log = get_logger()


class UnusedGrants:
    """Revokes grants that arrived too late, or for an account that cannot be linked."""

    def __init__(self, connections: ConnectionStore, provider: Provider) -> None:
        self._connections = connections
        self._provider = provider

    async def revoke(
        self,
        config: ConnectorConfig,
        tokens: Tokens,
        *,
        tenant: str,
        app: str | None,
        account_id: str,
        connection_config: Mapping[str, str],
        metadata: Mapping[str, Any],
    ) -> None:
        """Revoke a grant, unless another connection may share it (security B7). Never raises."""
        try:
            if await self._connections.is_linked(tenant, config.name, account_id, app=app):
                return
            await self._provider.revoke(
                config,
                connection_config=connection_config,
                metadata=metadata,
                access_token=tokens.access_token,
                refresh_token=tokens.refresh_token,
            )
        except (ProviderError, StoreUnavailable, InvalidRequest) as error:
            _log.warning("unused_grant_not_revoked", connector=config.name, reason=str(error))
