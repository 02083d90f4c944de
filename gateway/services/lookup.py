"""Which connection serves a caller, and what refuses it before any provider is asked.

Token reads and discovery share these steps, so that they never disagree (design rule 4).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from connectors.catalog import Catalog
from connectors.config import Connector
from gateway.engine.integration_names import is_integration
from gateway.errors import ConnectorRequired, ReauthorizationRequired, ScopesRequired
from gateway.services.apps import Apps
from gateway.services.methods import (
    METHOD_GONE,
    is_renewable,
    key_of,
    lacks_scopes,
    methods_of,
    wanted_scopes,
)
from gateway.services.own_names import own_name
from gateway.services.resolution import Resolution, Sought
from gateway.services.states import state_of
from gateway.store.connection import Connection, Method, Status


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """The connection that serves a caller.

    ``config`` is its connector, ``scopes`` are the asked scopes without the names of sets.
    """

    config: Connector
    connection: Connection
    scopes: tuple[str, ...]


class Lookup:
    """Finds connections as their callers name them."""

    def __init__(self, catalog: Catalog, apps: Apps, resolution: Resolution) -> None:
        self._catalog = catalog
        self._apps = apps
        self._resolution = resolution

    async def find(self, connector: str, sought: Sought) -> Found:
        """Return the connection for a connector's name or alias.

        Raises what ``Resolution.find`` does, ``InvalidRequest`` for a scope that the connector does
        not have, and ``ConnectorError`` for a connector that is unknown, or that nobody here can
        connect.
        """
        config = self._catalog.described(own_name(self._catalog, sought.tenant, connector))
        scopes = wanted_scopes(config, sought.scopes)
        try:
            connection = await self._resolution.find(config, sought)
        except ConnectorRequired:
            await self._apps.choose(sought.tenant, config.name)  # a hidden one says so
            raise
        return Found(config=config, connection=connection, scopes=scopes)


def check_grant(found: Found, now: datetime, named: Collection[str]) -> None:
    """Raise ``ReauthorizationRequired`` or ``ScopesRequired`` if a caller can get no token.

    ``named`` are the scopes as the caller named them, for the error.
    """
    config, connection = found.config, found.connection
    if connection.method not in methods_of(config):
        raise ReauthorizationRequired(config.name, METHOD_GONE, connection.id, tuple(named))
    if is_integration(config.name) and connection.method is not Method.OAUTH2:
        key_of(config, connection)  # its template may be gone
    renewable = is_renewable(config, connection.method)
    state = state_of(connection, now, renewable=renewable)
    if state.status is Status.NEEDS_REAUTH:
        raise ReauthorizationRequired(
            config.name, state.reason or "revoked", connection.id, tuple(named)
        )
    if lacks_scopes(config, connection, found.scopes):
        raise ScopesRequired(config.name, connection.id, tuple(named))
