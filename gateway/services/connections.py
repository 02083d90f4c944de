"""Connections for the API and the dashboard: list, get, choose a default."""

from __future__ import annotations

from gateway.audit.trail import Audit
from gateway.clock import Clock
from gateway.errors import ConnectionNotFound
from gateway.store.audit import Action
from gateway.store.connection import Connection
from gateway.store.connections import ConnectionStore
from gateway.store.owners import owner_of


class ConnectionService:
    """Reads connections and sets defaults. Foreign and missing ones look alike (rule 6)."""

    def __init__(self, store: ConnectionStore, clock: Clock, audit: Audit) -> None:
        self._store = store
        self._clock = clock
        self._audit = audit

    async def list_for(self, tenant: str, user: str) -> list[Connection]:
        """Return the user's connections by connector, each connector's default first."""
        return await self._store.list_for(tenant, owner_of(user))

    async def get(self, tenant: str, connection_id: str, user: str | None = None) -> Connection:
        """Return a connection of the tenant (and of ``user``), or raise ``ConnectionNotFound``."""
        connection = await self._store.get(tenant, connection_id)
        if connection is None or user not in {None, connection.user}:
            raise ConnectionNotFound
        return connection

    async def set_default(self, connection: Connection) -> Connection:
        """Make a connection the user's default for its connector; return the updated connection."""
        await self._store.set_default(connection, self._clock())
        await self._audit.write(
            Action.CONNECTION_DEFAULT_CHANGED,
            tenant=connection.tenant,
            user=connection.user,
            connector=connection.connector,
            connection=connection.id,
        )
        return await self.get(connection.tenant, connection.id)
