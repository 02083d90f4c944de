"""Remove an integration: first what people connected, at the provider and here, then the rest.

Each step can be repeated. The row goes last, so that a removal which was interrupted is finished by
removing it again.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.errors import ConnectionNotFound
from gateway.integrations.rules import IntegrationRules
from gateway.services.disconnect import DisconnectService, Revoked
from gateway.store.connections import ConnectionStore
from gateway.store.integration_tools import IntegrationToolStore
from gateway.store.integrations import Integration, IntegrationStore
from gateway.store.oauth_apps import OAuthAppStore


@dataclass(frozen=True, kw_only=True, slots=True)
class _Disconnected:
    """How many connections were deleted, and how many grants the provider has ended."""

    connections: int
    revoked: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Removed(_Disconnected):
    """The result of a removal.

    ``rules`` counts the policies and connector rules that named the integration.
    """

    rules: int


@dataclass(frozen=True, kw_only=True)
class Removal:
    """Removes integrations."""

    store: IntegrationStore
    tools: IntegrationToolStore
    connections: ConnectionStore
    apps: OAuthAppStore
    disconnect: DisconnectService
    rules: IntegrationRules

    async def remove(self, row: Integration) -> Removed:
        """Disconnect every account of everybody, then delete the rest and the row."""
        first = await self._disconnect_all(row)
        await self.tools.remove(row.tenant, row.slug)
        # Not before its tools are gone: what an administrator forbade stays forbidden.
        rules = await self.rules.remove(row)
        # Deleted while the connector is still known: what came meanwhile can be revoked, too.
        await self.store.remove(row.tenant, row.slug)
        last = await self._disconnect_all(row)
        for app in await self.apps.list_for(row.tenant, row.id):
            await self.apps.remove(row.tenant, row.id, app.id)
        await self.tools.remove(row.tenant, row.slug)  # those of connections that came meanwhile
        return Removed(
            connections=first.connections + last.connections,
            revoked=first.revoked + last.revoked,
            rules=rules,
        )

    async def _disconnect_all(self, row: Integration) -> _Disconnected:
        connections = revoked = 0
        for each in await self.connections.list_of(row.tenant, row.id):
            try:
                result = await self.disconnect.disconnect(each)
            except ConnectionNotFound:
                continue  # its owner was faster
            connections += 1
            revoked += result is Revoked.YES
        return _Disconnected(connections=connections, revoked=revoked)
