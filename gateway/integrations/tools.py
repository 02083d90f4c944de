"""The tools of a tenant's integrations, made of stored definitions (``gateway.tools.registry``).

A tool is what a person accepted: its digest covers the definition, the address, and whether
somebody has accepted it. So each of these changes makes the approvals of its calls void.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from connectors.added import AddedConnector, open_key_of
from connectors.catalog import Catalog
from connectors.config import Connector
from connectors.tooling import Needs
from gateway.engine.canonical import canonical_json
from gateway.engine.integration import Definition
from gateway.engine.integration import Kind as KindName
from gateway.engine.integration_names import connector_name, tool_name
from gateway.integrations.discoveries import Discoveries
from gateway.integrations.kind import Kind
from gateway.integrations.present import IntegrationCatalog
from gateway.store.connection import Connection
from gateway.store.connections import ConnectionStore
from gateway.store.fresh.cache import Cache
from gateway.store.fresh.notices import integrations_tag
from gateway.store.integration_tools import EVERYBODY, IntegrationToolStore, StoredTool, Synced
from gateway.store.integrations import Integration
from gateway.store.owners import ORG, owner_of
from gateway.text import clean_text
from gateway.tools.integration_tool import IntegrationTool, Pin, Run
from gateway.tools.registry import Tool

LONGEST_DESCRIPTION = 2000
MOST_COMPILED = 200
"""The most tenants whose tools are in memory: a tenant may have thousands."""
NONE: Mapping[str, Tool] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """The tools of a tenant: by connector and connection, and when those were read."""

    by_connection: Mapping[tuple[str, str], Mapping[str, Tool]]
    synced: Mapping[tuple[str, str], Synced]
    toolsets: dict[tuple[tuple[str, str], ...], Mapping[str, Tool]]


class IntegrationTools:
    """Makes the tools of tenants, at most a second behind the database."""

    def __init__(
        self,
        *,
        integrations: IntegrationCatalog,
        store: IntegrationToolStore,
        catalog: Catalog,
        cache: Cache[str, Compiled],
        kinds: Mapping[KindName, Kind],
        discoveries: Discoveries,
        connections: ConnectionStore,
        is_taken: Callable[[str], bool],
    ) -> None:
        """Make the tools; ``is_taken`` tells names of tools that come with the gateway."""
        self._integrations = integrations
        self._store = store
        self._catalog = catalog
        self._cache = cache
        self._kinds = kinds
        self._discoveries = discoveries
        self._connections = connections
        self._is_taken = is_taken

    async def of(self, tenant: str, user: str | None) -> Mapping[str, Tool]:
        """Return the tools that a user reaches, or all of the tenant, by name."""
        present = await self._integrations.ready(tenant)
        if not present:
            return NONE
        compiled = await self.compiled(tenant, present)
        reached: list[tuple[str, str]] = []
        if own := {name for name, row in present.items() if row.per_connection}:
            reached += await self._reached(tenant, user, own, compiled)
        reached += [(name, EVERYBODY) for name in present]
        if own and user is not None:
            compiled = await self._newest(tenant, user, present, reached, compiled)
        key = tuple(reached)
        found = compiled.toolsets.get(key)
        if found is None:
            merged: dict[str, Tool] = {}
            for place in reached:
                for name, tool in compiled.by_connection.get(place, NONE).items():
                    merged.setdefault(name, tool)  # the nearest connection's
            if len(compiled.toolsets) >= MOST_TOOLSETS:
                compiled.toolsets.clear()
            found = compiled.toolsets[key] = MappingProxyType(merged)
        return found

    async def _newest(
        self,
        tenant: str,
        user: str,
        present: Mapping[str, Integration],
        reached: Sequence[tuple[str, str]],
        compiled: Compiled,
    ) -> Compiled:
        """Return the tools after those were read that are missing, or older than their settings."""
        due = [
            (row, connection)
            for name, connection in reached
            if (row := present[name]).per_connection
            and (connection != EVERYBODY or self._is_open(name))
            and self._discoveries.is_due(row, compiled.synced.get((name, connection)))
        ]
        if not due:
            return compiled
        await self._discoveries.look(due, user)
        return await self.compiled(tenant, present)

    def _is_open(self, connector: str) -> bool:
        config = self._catalog.added(connector)
        return config is not None and open_key_of(config) is not None

    async def changed(self, tenant: str, tool: Tool, definition: Definition | None) -> None:
        """Note what an endpoint says now about a tool, in place of what was pinned."""
        row = (await self._integrations.ready(tenant)).get(tool.connectors[0])
        mine = tool.definition
        if row is not None and isinstance(mine, IntegrationTool):
            connection = mine.connection or EVERYBODY
            name = tool.name.removeprefix(tool_name(row.slug, ""))
            await self._discoveries.changed(row, connection, name, definition)

    async def wanted(self, tenant: str, tool: Tool, scopes: tuple[str, ...]) -> bool:
        """Note the scopes that a refused call lacked."""
        return await self._integrations.want(tenant, tool.connectors[0], scopes)

    async def _reached(
        self, tenant: str, user: str | None, own: Collection[str], compiled: Compiled
    ) -> list[tuple[str, str]]:
        """Return (connector, connection) of a user, the one that calls use by default first."""
        if user is None:
            return sorted(place for place in compiled.by_connection if place[0] in own)
        mine = owner_of(user)
        rows = await self._connections.read_all(tenant, [mine, ORG])
        found = [
            (owner != mine, name, row.id)
            for owner, name, row in rows
            if name in own and isinstance(row, Connection)
        ]
        # Sorting keeps the order of each owner's rows, the default first.
        return [(name, each) for _, name, each in sorted(found, key=lambda one: one[:2])]

    async def of_connection(self, tenant: str, tool: Tool, connection: str) -> Tool | None:
        """Return the tool of that name which a connection has."""
        compiled = await self.compiled(tenant, await self._integrations.ready(tenant))
        return compiled.by_connection.get((tool.connectors[0], connection), NONE).get(tool.name)

    async def compiled(self, tenant: str, present: Mapping[str, Integration]) -> Compiled:
        """Return all tools of a tenant."""
        found = self._cache.get(tenant)
        if found is None:
            reading = self._cache.reading()
            rows = await self._store.list_for(tenant)
            found = self._compile(tenant, present, rows, await self._store.synced(tenant))
            self._cache.put(reading, tenant, found, integrations_tag(tenant))
        return found

    def _compile(
        self,
        tenant: str,
        present: Mapping[str, Integration],
        rows: Sequence[StoredTool],
        synced: Mapping[tuple[str, str], Synced],
    ) -> Compiled:
        by_connection: dict[tuple[str, str], dict[str, Tool]] = {}
        for row in rows:
            name = connector_name(tenant, row.integration)
            integration, config = present.get(name), self._catalog.added(name)
            if integration is None or config is None or not row.enabled:
                continue
            kind = self._kinds.get(integration.kind)
            if kind is None:
                continue
            tool = tool_of(row, integration, config, run=kind.run)
            if self._is_taken(tool.name):
                # A later release of the gateway has a tool of that name: nobody's takes its place.
                continue
            by_connection.setdefault((name, row.connection), {})[tool.name] = tool
        times = {(connector_name(tenant, slug), c): each for (slug, c), each in synced.items()}
        return Compiled(by_connection, times, {})


MOST_TOOLSETS = 1000
"""The most combinations of connections of a tenant whose tools are kept together."""


def tool_of(row: StoredTool, integration: Integration, config: Connector, *, run: Run) -> Tool:
    """Return the tool of a stored operation."""
    definition, pin = row.definition, pin_of_row(row, integration)
    effect = row.effect or definition.effect
    known = config.scopes if isinstance(config, AddedConnector) else ()
    scopes = tuple(scope for scope in definition.scopes if scope in known)
    name = tool_name(integration.slug, definition.name)
    said: dict[str, Any] = {
        "connector": integration.id,
        "digest": row.digest,
        "base_url": integration.base_url,
        "effect": effect,
        "pin": str(pin),
    }
    path = definition.call.get("path")
    return Tool(
        name=name,
        description=clean_text(definition.description, LONGEST_DESCRIPTION) or definition.name,
        needs=(Needs(integration.id, scopes),),
        effect=effect,
        policy=None if pin is Pin.ACCEPTED else "ask",
        input_schema=definition.input_schema,
        output_schema=definition.output_schema,
        examples=(),
        digest=hashlib.sha256(canonical_json(said)).hexdigest(),
        connectors=(integration.id,),
        scopes={integration.id: scopes},
        definition=IntegrationTool(
            name=name,
            integration=integration.slug,
            connection=row.connection if integration.per_connection else None,
            effect=effect,
            call=definition.call,
            digest=row.digest,
            pin=pin,
            is_single=integration.kind is not KindName.MCP,
            named_path=path if isinstance(path, str) else "",
            run=run,
        ),
        file=f"integration {integration.slug}",
    )


def pin_of_row(row: StoredTool, integration: Integration) -> Pin:
    """Return whether a person accepted what a row says now."""
    if row.is_accepted(integration.base_url):
        return Pin.ACCEPTED
    return Pin.CHANGED if row.accepted else Pin.NEW
