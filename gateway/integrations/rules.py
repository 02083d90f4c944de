"""The rules of a tenant that name an integration: they go with it.

A policy rule names an integration if its pattern can only fit tools of that integration:
``petstore_*`` and ``petstore_list_pets``, but not ``*_delete_*``.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.integrations.slugs import tool_prefix
from gateway.services.connector_rules import ConnectorRules
from gateway.store.integrations import Integration
from gateway.tools.policy import Policies


@dataclass(frozen=True, kw_only=True, slots=True)
class Naming:
    """What names an integration: the patterns of policy rules, a switch, a connector rule."""

    patterns: tuple[str, ...]
    is_switched_off: bool
    has_connector_rule: bool

    @property
    def count(self) -> int:
        """How many rules these are."""
        return len(self.patterns) + self.is_switched_off + self.has_connector_rule


@dataclass(frozen=True, kw_only=True)
class IntegrationRules:
    """Finds and removes the rules that name an integration."""

    policies: Policies
    connector_rules: ConnectorRules

    async def naming(self, row: Integration) -> Naming:
        """Return the rules that name an integration."""
        policies = await self.policies.read(row.tenant)
        return Naming(
            patterns=tuple(rule.pattern for rule in policies.rules if _names(rule.pattern, row)),
            is_switched_off=row.id in policies.disabled,
            has_connector_rule=row.id in await self.connector_rules.all_of(row.tenant),
        )

    async def remove(self, row: Integration) -> int:
        """Remove the rules that name an integration; return how many there were."""
        patterns = (await self.naming(row)).patterns
        count = await self.policies.remove(row.tenant, patterns, row.id)
        return count + await self.connector_rules.remove(row.tenant, row.id)


def _names(pattern: str, row: Integration) -> bool:
    return pattern.partition("*")[0].startswith(tool_prefix(row.slug))
