"""Our clients at authorization servers that integrations name: discovered, and registered there.

A catalog connector has an app that a person registered. An MCP server names its authorization
server itself, and most of those register clients that ask. That happens when somebody connects: a
tenant's app (``oauth_apps``) comes of it, so the engine's flows, its refreshes with leases and its
revocation work as for any other connector.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from gateway.engine.discovered import AuthorizationServer, RemoteClient
from gateway.engine.integration import Fetch, OAuth
from gateway.engine.integration import Kind as KindName
from gateway.errors import IntegrationNotFound, IntegrationRefused, NotFound
from gateway.integrations.mcp_client.detect import challenge_of
from gateway.integrations.mcp_client.discovery import discover, discover_openid
from gateway.integrations.mcp_client.registration import given_identity, new_identity
from gateway.integrations.present import IntegrationCatalog
from gateway.observe.logs import get_logger
from gateway.services.apps import Apps
from gateway.store.integrations import Integration, IntegrationStore
from gateway.store.oauth_apps import OAuthApp

_log = get_logger()
_TRIES = 3


class RemoteClients:
    """Finds the authorization server of an integration, and a client for it."""

    def __init__(
        self,
        *,
        store: IntegrationStore,
        integrations: IntegrationCatalog,
        apps: Apps,
        fetch: Fetch,
        redirect_uri: Callable[[str], str],
    ) -> None:
        self._store = store
        self._integrations = integrations
        self._apps = apps
        self._fetch = fetch
        self._redirect_uri = redirect_uri

    async def prepare(self, tenant: str, connector: str) -> None:
        """Discover the authorization server before a flow starts, and register if need be.

        It does nothing for a connector whose endpoints are known. Raises ``IntegrationRefused``
        with the reason why nobody can sign in, and ``IntegrationUnreachable``.
        """
        for _ in range(_TRIES):
            row = (await self._integrations.ready(tenant)).get(connector)
            flow = None if row is None else _discovered(row)
            if row is None or flow is None:
                return
            server = await self._discover(row, flow)
            try:
                return await self._identify(row, server)
            except IntegrationNotFound:
                continue  # somebody else has changed the row: their client may do
        raise IntegrationRefused("busy", "the integration is being changed: try again")

    async def forget_refused(self, tenant: str, connector: str) -> None:
        """Drop a registration that the authorization server refused (``invalid_client``).

        The next flow registers once more. A client that a person set stays: they have to mend it.
        """
        row = (await self._integrations.ready(tenant)).get(connector)
        if row is None or row.found is None or row.found.origin != "registered":
            return
        _log.info("remote_client_forgotten", connector=connector)
        await self._remove(tenant, connector, await self._apps.list_for(tenant, connector))

    async def _discover(self, row: Integration, flow: OAuth) -> AuthorizationServer:
        if row.kind is KindName.MCP:
            challenge = await challenge_of(row.base_url, self._fetch)
            return await discover(row.base_url, challenge, self._fetch)
        server = await discover_openid(flow.discovery_url or "", self._fetch)
        return replace(server, scopes=tuple(flow.scopes))

    async def _identify(self, row: Integration, server: AuthorizationServer) -> None:
        apps = await self._apps.list_for(row.tenant, row.id)
        used = next((app for app in apps if app.in_use), None)
        known = row.found
        if used is not None and known is not None and used.client_id == known.client_id:
            if known.server.issuer == server.issuer:
                await self._keep(row, replace(known, server=server))
                return
            # Neither a client nor a refresh token of one issuer is ever shown to another.
            await self._remove(row.tenant, row.id, apps)
            if known.origin == "given":
                raise IntegrationRefused(
                    "issuer_changed",
                    "the server has another authorization server now: an administrator registers "
                    "an app there and sets its client id",
                )
        elif used is not None:
            secret = (await self._apps.find(row.tenant, row.id, used.id)).client_secret
            await self._keep(row, given_identity(server, used.client_id, secret).client)
            return
        await self._register(row, server)

    async def _register(self, row: Integration, server: AuthorizationServer) -> None:
        # No document of ours is published: one client id for all issuers would be no binding.
        identity = await new_identity(
            server, document_url=None, redirect_uri=self._redirect_uri(row.id), fetch=self._fetch
        )
        await self._keep(row, identity.client)
        await self._apps.set(row.tenant, row.id, identity.client.client_id, identity.secret)
        _log.info("remote_client_made", connector=row.id, origin=identity.client.origin)

    async def _keep(self, row: Integration, client: RemoteClient | None) -> None:
        """Store what was found; the connector is described anew by it."""
        if row.found != client:
            await self._store.replace(replace(row, found=client))
            await self._integrations.ready(row.tenant)

    async def _remove(self, tenant: str, connector: str, apps: Sequence[OAuthApp]) -> None:
        for app in apps:
            try:
                await self._apps.remove(tenant, connector, app.id)
            except NotFound:
                continue  # somebody else has


def _discovered(row: Integration) -> OAuth | None:
    """Return the OAuth of a method whose endpoints are not in the document."""
    flows = (each.oauth for each in row.methods if each.oauth is not None)
    return next((flow for flow in flows if flow.is_discovered), None)
