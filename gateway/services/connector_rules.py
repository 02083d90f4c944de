"""What an organisation allows: connectors that are on, and personal connections of them."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.audit.trail import Audit
from gateway.store.audit import Action
from gateway.store.connector_rules import ConnectorRule, ConnectorRuleStore, rules_tag
from gateway.store.fresh.cache import Cache

RuleCache = Cache[str, Mapping[str, ConnectorRule]]
"""The rules of a tenant, at most a second behind the database."""
_DEFAULT = ConnectorRule()


class ConnectorRules:
    """Reads and sets the rules of organisations. They are read with every new token, so cached."""

    def __init__(self, store: ConnectorRuleStore, cache: RuleCache, audit: Audit) -> None:
        self._store = store
        self._cache = cache
        self._audit = audit

    async def all_of(self, tenant: str) -> Mapping[str, ConnectorRule]:
        """Return the tenant's rules by connector; others have the default rule."""
        rules = self._cache.get(tenant)
        if rules is None:
            reading = self._cache.reading()
            rules = await self._store.read(tenant)
            self._cache.put(reading, tenant, rules, rules_tag(tenant))
        return rules

    async def of(self, tenant: str, connector: str) -> ConnectorRule:
        """Return the tenant's rule for a connector."""
        return (await self.all_of(tenant)).get(connector, _DEFAULT)

    async def check(self, tenant: str, connector: str, owner: str | None = None) -> None:
        """Raise ``ConnectorOff``, or ``PersonalForbidden`` for a connection of ``owner``."""
        (await self.of(tenant, connector)).check(connector, owner)

    async def set(self, tenant: str, connector: str, rule: ConnectorRule) -> None:
        """Set the tenant's rule for a connector. What is connected stays as it is."""
        await self._store.write(tenant, connector, rule)
        kind = "off" if not rule.enabled else "any" if rule.personal else "org"
        await self._audit.write(
            Action.CONNECTOR_RULE_CHANGED, tenant=tenant, connector=connector, subject=kind
        )

    async def remove(self, tenant: str, connector: str) -> bool:
        """Forget the tenant's rule for a connector that is gone; return whether there was one."""
        if not await self._store.remove(tenant, connector):
            return False
        await self._audit.write(
            Action.CONNECTOR_RULE_CHANGED, tenant=tenant, connector=connector, subject="any"
        )
        return True
