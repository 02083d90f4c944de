"""The integrations that this process knows: those of the tenants whose callers it serves.

Rows are read for a tenant when one of its callers comes, and become connectors of the catalog. They
are at most a second behind the database (``gateway.store.fresh``), and cost nothing afterwards.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from connectors.catalog import Catalog
from connectors.errors import ConfigError
from gateway.engine.discovered import union
from gateway.errors import IntegrationNotFound
from gateway.integrations.connector import connector_of
from gateway.observe.logs import get_logger
from gateway.store.fresh.cache import Cache
from gateway.store.fresh.notices import integrations_tag
from gateway.store.integrations import Integration, IntegrationStore

_log = get_logger()

_TRIES = 3
MOST_TENANTS = 10_000
"""The most tenants whose integrations are in memory; the longest unused one is forgotten first."""

Present = Mapping[str, Integration]
"""The integrations of a tenant, by the names of their connectors."""


class IntegrationCatalog:
    """Puts the integrations of tenants into the catalog of this process."""

    def __init__(
        self, store: IntegrationStore, catalog: Catalog, cache: Cache[str, Present]
    ) -> None:
        self._store = store
        self._catalog = catalog
        self._cache = cache
        self._present: OrderedDict[str, Present] = OrderedDict()
        self._problems: dict[str, str] = {}

    async def ready(self, tenant: str) -> Present:
        """Make the tenant's integrations present, and return them, also those with a problem.

        Await it as soon as a caller's tenant is known. Raises ``StoreUnavailable``.
        """
        known = self._cache.get(tenant)
        if known is not None and tenant in self._present:
            return known
        reading = self._cache.reading()
        rows = await self._store.list_for(tenant)
        newer = self._cache.get(tenant)
        if newer is not None and tenant in self._present:  # it was read later than these
            return newer
        found: Present = MappingProxyType({row.id: row for row in rows})
        self._install(tenant, found)
        self._cache.put(reading, tenant, found, integrations_tag(tenant))
        return found

    async def want(self, tenant: str, connector: str, scopes: tuple[str, ...]) -> bool:
        """Ask people for the scopes that a refused call lacked when they connect again.

        Returns whether they can be: our client at the authorization server was discovered.
        """
        for _ in range(_TRIES):
            row = (await self.ready(tenant)).get(connector)
            if row is None or row.found is None:
                return False
            more = union(row.found.more_scopes, scopes)
            if more == row.found.more_scopes:
                return True
            try:
                await self._store.replace(replace(row, found=replace(row.found, more_scopes=more)))
            except IntegrationNotFound:
                continue  # somebody else has changed the row
            await self.ready(tenant)
            return True
        return False

    def problem_of(self, connector: str) -> str | None:
        """Return the reason why an integration cannot be a connector; ``None`` if it can."""
        return self._problems.get(connector)

    def _install(self, tenant: str, found: Present) -> None:
        old = self._present.pop(tenant, {})
        for name in old.keys() - found.keys():
            self._forget(name)
        for name, row in found.items():
            before = old.get(name)
            if before is None or before.revision != row.revision:
                self._describe(row)
        self._present[tenant] = found
        if len(self._present) > MOST_TENANTS:
            _, longest = self._present.popitem(last=False)
            for name in longest:
                self._forget(name)

    def _describe(self, row: Integration) -> None:
        try:
            self._catalog.add(connector_of(row))
        except ConfigError as error:
            # Rule 7: one that cannot be used hides only itself.
            self._catalog.remove(row.id)
            self._problems[row.id] = str(error)
            _log.warning("integration_hidden", connector=row.id, problems=len(error.problems))
        else:
            self._problems.pop(row.id, None)

    def _forget(self, name: str) -> None:
        self._catalog.remove(name)
        self._problems.pop(name, None)
