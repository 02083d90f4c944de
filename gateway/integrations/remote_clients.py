"""Our clients at authorization servers that integrations name: discovered, and registered there.

A catalog connector has an app that a person registered. An MCP server names its authorization
server itself, and most of those register clients that ask. That happens when somebody connects: a
tenant's app (``oauth_apps``) comes of it, so the engine's flows, its refreshes with leases and its
revocation work as for any other connector.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from connectors.secret import Secret
from gateway.clock import Clock
from gateway.engine.discovered import AuthorizationServer, RemoteClient
from gateway.engine.integration import Fetch, OAuth
from gateway.engine.integration import Kind as KindName
from gateway.errors import IntegrationNotFound, IntegrationRefused, InvalidRequest, NotFound
from gateway.integrations.mcp_client.discovery import discover, discover_openid
from gateway.integrations.mcp_client.registration import given_identity, new_identity
from gateway.integrations.present import IntegrationCatalog
from gateway.observe.logs import get_logger
from gateway.services.apps import Apps
from gateway.services.states import APP_REMOVED
from gateway.store.connection import Method, Status
from gateway.store.connections import ConnectionStore
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
        connections: ConnectionStore,
        clock: Clock,
        redirect_uri: Callable[[str], str],
        document_url: Callable[[str, str], str | None],
    ) -> None:
        """``document_url`` tells our client id at an issuer, if it can be read from outside."""
        self._store = store
        self._integrations = integrations
        self._apps = apps
        self._fetch = fetch
        self._connections = connections
        self._clock = clock
        self._redirect_uri = redirect_uri
        self._document_url = document_url

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
        raise _busy()

    async def set_app(self, tenant: str, name: str, client_id: str, secret: Secret) -> None:
        """Set an app that a person registered, for the issuer that the server names now.

        It is never shown to another issuer. An app for a connector whose endpoints are known is
        set without a question. Raises what ``Apps.set`` does, ``IntegrationRefused`` and
        ``IntegrationUnreachable``.
        """
        row = (await self._integrations.ready(tenant)).get(self._apps.name_of(tenant, name))
        flow = None if row is None else _discovered(row)
        if row is None or flow is None:
            await self._apps.set(tenant, name, client_id, secret)
            return
        server = await self._discover(row, flow)
        await self._leave_other_issuers(row, server)
        before = row.found
        try:
            row = await self._keep(row, given_identity(server, client_id, secret).client)
            try:
                await self._apps.set(tenant, row.id, client_id, secret)
            except InvalidRequest:
                if before is not None:
                    await self._keep(row, before)
                raise
        except IntegrationNotFound:
            raise _busy() from None

    async def issuer_of(self, tenant: str, name: str) -> str | None:
        """Return the issuer that the apps of an integration are for, if one was discovered."""
        row = (await self._integrations.ready(tenant)).get(self._apps.name_of(tenant, name))
        return None if row is None or row.found is None else row.found.server.issuer

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
            # Here, because the libraries of MCP take a second to import.
            from gateway.integrations.mcp_client.detect import challenge_of

            challenge = await challenge_of(row.base_url, self._fetch)
            return await discover(row.base_url, challenge, self._fetch)
        server = await discover_openid(flow.discovery_url or "", self._fetch)
        return replace(server, scopes=tuple(flow.scopes))

    async def _identify(self, row: Integration, server: AuthorizationServer) -> None:
        if await self._leave_other_issuers(row, server):
            raise IntegrationRefused(
                "issuer_changed",
                "the server has another authorization server now: an administrator registers an "
                "app there and sets its client id",
            )
        apps = await self._apps.list_for(row.tenant, row.id)
        used, known = next((app for app in apps if app.in_use), None), row.found
        if used is None or (known is not None and self._has_moved(row, known)):
            await self._register(row, server)
        elif known is None or known.client_id != used.client_id:
            raise IntegrationRefused(
                "app_unbound",
                "nobody knows which authorization server the app is for: an administrator sets it "
                "again",
            )
        else:
            await self._keep(row, replace(known, server=server))

    async def _leave_other_issuers(self, row: Integration, server: AuthorizationServer) -> bool:
        """Remove the apps of another issuer; return whether a person had set the one in use.

        Neither a client nor a refresh token of one issuer is ever shown to another.
        """
        known = row.found
        if known is None or known.server.issuer == server.issuer:
            return False
        apps = await self._apps.list_for(row.tenant, row.id)
        await self._remove(row.tenant, row.id, apps)
        # The next app may have the same client id.
        await self._end_grants(row)
        return known.origin == "given" and any(app.in_use for app in apps)

    def _has_moved(self, row: Integration, known: RemoteClient) -> bool:
        """Whether our document is not at the address any more that is its client id."""
        here = self._document_url(row.id, known.server.issuer)
        return known.origin == "document" and known.client_id != here

    async def _end_grants(self, row: Integration) -> None:
        """Let no token of the connections be renewed any more."""
        for _ in range(_TRIES):
            found = await self._connections.list_of(row.tenant, row.id)
            alive = [each for each in found if each.status is not Status.NEEDS_REAUTH]
            alive = [each for each in alive if each.method is Method.OAUTH2]
            if not alive:
                return
            for each in alive:
                await self._connections.end_grant(each, APP_REMOVED, self._clock())
        raise _busy()

    async def _register(self, row: Integration, server: AuthorizationServer) -> None:
        identity = await new_identity(
            server,
            document_url=self._document_url(row.id, server.issuer),
            redirect_uri=self._redirect_uri(row.id),
            fetch=self._fetch,
        )
        await self._keep(row, identity.client)
        await self._apps.set(row.tenant, row.id, identity.client.client_id, identity.secret)
        _log.info("remote_client_made", connector=row.id, origin=identity.client.origin)

    async def _keep(self, row: Integration, client: RemoteClient) -> Integration:
        """Store what was found; the connector is described anew by it."""
        if row.found == client:
            return row
        new = await self._store.replace(replace(row, found=client))
        await self._integrations.ready(row.tenant)
        return new

    async def _remove(self, tenant: str, connector: str, apps: Sequence[OAuthApp]) -> None:
        for app in apps:
            try:
                await self._apps.remove(tenant, connector, app.id)
            except NotFound:
                continue  # somebody else has


def _busy() -> IntegrationRefused:
    return IntegrationRefused("busy", "the integration is being changed: try again")


def _discovered(row: Integration) -> OAuth | None:
    """Return the OAuth of a method whose endpoints are not in the document."""
    flows = (each.oauth for each in row.methods if each.oauth is not None)
    return next((flow for flow in flows if flow.is_discovered), None)
