"""Connections for the API and the dashboard: list, get, choose a default."""

from __future__ import annotations

from gateway.access.bounds import Bounds
from gateway.audit.trail import Audit
from gateway.clock import Clock
from gateway.errors import ConnectionNotFound, Forbidden
from gateway.store.audit import Action
from gateway.store.connection import Connection
from gateway.store.connections import ConnectionStore
from gateway.store.owners import ORG, owner_of


class ConnectionService:
    """Reads connections and sets defaults. Foreign and missing ones look alike (rule 6)."""

    def __init__(self, store: ConnectionStore, clock: Clock, audit: Audit) -> None:
        self._store = store
        self._clock = clock
        self._audit = audit

    async def list_for(self, tenant: str, user: str | None) -> list[Connection]:
        """Return the connections of a user by connector, each connector's default first.

        Without a user, return those of the organisation.
        """
        return await self._store.list_for(tenant, ORG if user is None else owner_of(user))

    async def get(self, bounds: Bounds, connection_id: str) -> Connection:
        """Return a connection within ``bounds``, or raise ``ConnectionNotFound``."""
        connection = await self._store.get(bounds.tenant, connection_id)
        if connection is None or not bounds.covers(connection):
            raise ConnectionNotFound
        return connection

    async def to_reconnect(self, bounds: Bounds, connection_id: str) -> Connection:
        """Return a connection that is to be made again; raises what ``get`` does.

        A link to one of the organisation reaches people who cannot: ``Forbidden`` says who can.
        """
        connection = await self._store.get(bounds.tenant, connection_id)
        if connection is not None and connection.owner == ORG and not bounds.has_org:
            raise Forbidden(
                "this account is your organisation's: ask an administrator of your organisation "
                "to connect it again"
            )
        return await self.get(bounds, connection_id)

    async def set_default(self, connection: Connection) -> Connection:
        """Make a connection its owner's default for the connector; return it as it is then."""
        await self._store.set_default(connection, self._clock())
        await self._audit.write(Action.CONNECTION_DEFAULT_CHANGED, **connection.about)
        return await self.get(Bounds(tenant=connection.tenant), connection.id)
