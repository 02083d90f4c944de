"""Add, change and remove integrations: what ``/v1/integrations`` and the pages do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from connectors.catalog import Catalog
from gateway.audit.trail import Audit
from gateway.clock import Clock
from gateway.engine.integration import AuthMethod, Claim, Description, Skipped
from gateway.engine.integration_names import is_integration
from gateway.errors import IntegrationNotRemovable
from gateway.integrations.adding import (
    MAX_DESCRIPTION,
    MAX_NAME,
    NOTHING,
    Adding,
    New,
    check_usable,
    is_in_catalog,
)
from gateway.integrations.entrusted import check_entrusted
from gateway.integrations.listing import (
    GATEWAY,
    Listed,
    added_row,
    catalog_row,
    gateway_row,
    tool_counts,
)
from gateway.integrations.methods import Mode, configured
from gateway.integrations.reading import Given, Preview, Reader
from gateway.integrations.removal import Removal, Removed
from gateway.services.apps import Apps
from gateway.services.whole_catalog import read_all
from gateway.store.audit import Action
from gateway.store.connections import ConnectionStore
from gateway.store.integration_tools import IntegrationToolStore, StoredTool
from gateway.store.integrations import Integration, IntegrationStore
from gateway.text import clean_text
from gateway.tools.registry import Registry


@dataclass(frozen=True, kw_only=True, slots=True)
class Added:
    """What was added; ``skipped`` are operations that are no tools, with their reasons."""

    integration: Listed
    skipped: tuple[Skipped, ...] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Integrations:
    """The integrations of tenants. Every method takes the caller's tenant (rule 6)."""

    adding: Adding
    reader: Reader
    store: IntegrationStore
    tools: IntegrationToolStore
    connections: ConnectionStore
    removal: Removal
    catalog: Catalog
    registry: Registry
    apps: Apps
    clock: Clock
    audit: Audit
    public_url: str
    listed: frozenset[tuple[str, str]] = frozenset()
    """(tenant, slug) of those in the deployment's own list, which nobody removes."""

    async def detect(self, tenant: str, url: str) -> list[Claim]:
        """See ``Reader.detect``."""
        return await self.reader.detect(tenant, url)

    async def preview(self, tenant: str, given: Given) -> Preview:
        """See ``Reader.preview``."""
        return await self.reader.preview(tenant, given)

    async def add(self, tenant: str, new: New) -> Added:
        """Add an integration; its tools are there at once, as the person has seen them.

        Raises:
            IntegrationExists: The slug is taken.
            IntegrationRefused: Nothing of it can be used, or it is not what ``digest`` says.
            IntegrationUnreachable: The URL cannot be read.
            InvalidRequest: A field is wrong.
        """
        row, description = await self.adding.read(tenant, new)
        await self.store.add(row)
        return await self._filled(row, description, new)

    async def list_for(self, tenant: str) -> list[Listed]:
        """Return the gateway itself, what the tenant added, and the usable catalog connectors."""
        await self.registry.loaded()
        counts = tool_counts(tool.connectors for tool in self.registry.tools())
        offered = await self.apps.offered(tenant)
        own = await self.store.list_for(tenant)
        by_slug: dict[str, list[StoredTool]] = {}
        for tool in await self.tools.list_for(tenant) if own else ():
            by_slug.setdefault(tool.integration, []).append(tool)
        return [
            gateway_row(self.public_url),
            *(self._listed(row, by_slug.get(row.slug, ())) for row in own),
            *(
                catalog_row(config, tools=counts.get(config.name, 0))
                for config in offered
                if not is_integration(config.name)
            ),
        ]

    async def get(self, tenant: str, slug: str) -> Listed:
        """Return one of the list by its slug; raise ``IntegrationNotFound``."""
        if slug == GATEWAY:
            return gateway_row(self.public_url)
        if is_in_catalog(self.catalog, slug):
            config = self.catalog.described(slug)
            await self.registry.loaded()
            counts = tool_counts(tool.connectors for tool in self.registry.tools())
            return catalog_row(config, tools=counts.get(config.name, 0))
        row = await self.store.get(tenant, slug)
        return self._listed(row, await self.tools.list_for(tenant, slug))

    async def added(self, tenant: str, slug: str) -> Integration:
        """Return the row of an integration that somebody added.

        Raises ``IntegrationNotRemovable`` for what comes with the gateway, ``IntegrationNotFound``.
        """
        if slug == GATEWAY or is_in_catalog(self.catalog, slug):
            raise IntegrationNotRemovable
        return await self.store.get(tenant, slug)

    async def presets(self) -> list[Listed]:
        """Return the connectors of the catalog, whether they have an app here or not."""
        await read_all(self.catalog)
        await self.registry.loaded()
        counts = tool_counts(tool.connectors for tool in self.registry.tools())
        return [
            catalog_row(config, tools=counts.get(config.name, 0))
            for config in self.catalog.descriptions()
        ]

    async def change(
        self, tenant: str, slug: str, *, name: str | None = None, description: str | None = None
    ) -> Listed:
        """Change what people and agents read about an integration, and nothing else."""
        row = await self.added(tenant, slug)
        changed = replace(
            row,
            name=row.name if name is None else clean_text(name, MAX_NAME) or row.slug,
            description=row.description
            if description is None
            else clean_text(description, MAX_DESCRIPTION),
            updated_at=self.clock(),
        )
        await self._replaced(changed, details={"changed": ["name", "description"]})
        return await self.get(tenant, slug)

    async def configure(
        self, tenant: str, slug: str, methods: tuple[AuthMethod, ...], mode: Mode
    ) -> Listed:
        """Merge auth templates into those of the integration, or replace them.

        Raises ``InvalidRequest`` if one is in use (``check_entrusted``).
        """
        row = await self.added(tenant, slug)
        new = configured(row.methods, methods, mode) or NOTHING
        now = self.clock()
        changed = replace(row, methods=new, config_revised_at=now, updated_at=now)
        await check_entrusted(row, changed, self.connections, self.apps)
        check_usable(changed)
        await self._replaced(changed, details={"changed": ["authMethods"]})
        return await self.get(tenant, slug)

    async def remove(self, tenant: str, slug: str) -> Removed:
        """Remove an integration: revoke and delete its connections, its tools, its apps.

        Raises ``IntegrationNotRemovable`` for one that the deployment lists, too.
        """
        row = await self.added(tenant, slug)
        if not self._can_remove(row):
            raise IntegrationNotRemovable
        removed = await self.removal.remove(row)
        await self.audit.write(
            Action.INTEGRATION_REMOVED, tenant=tenant, connector=row.id, subject=slug
        )
        return removed

    async def _filled(self, row: Integration, description: Description, new: New) -> Added:
        await self.adding.fill(row, description, new)
        await self.audit.write(
            Action.INTEGRATION_ADDED,
            tenant=row.tenant,
            connector=row.id,
            subject=row.slug,
            details={"kind": str(row.kind), "tools": len(description.definitions)},
        )
        return Added(integration=await self.get(row.tenant, row.slug), skipped=description.skipped)

    async def _replaced(self, row: Integration, details: Mapping[str, object]) -> None:
        await self.store.replace(row)
        await self.audit.write(
            Action.INTEGRATION_CHANGED,
            tenant=row.tenant,
            connector=row.id,
            subject=row.slug,
            details=details,
        )

    def _listed(self, row: Integration, tools: Sequence[StoredTool]) -> Listed:
        names = {tool.name for tool in tools}
        waiting = {tool.name for tool in tools if not tool.is_accepted(row.base_url)}
        can_remove = self._can_remove(row)
        return added_row(row, tools=len(names), waiting=len(waiting), can_remove=can_remove)

    def _can_remove(self, row: Integration) -> bool:
        return (row.tenant, row.slug) not in self.listed
