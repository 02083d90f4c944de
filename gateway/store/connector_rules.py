"""The rules of organisations for connectors: the collection ``connector_rules``, one row a tenant.

Tokens are cached until the row changes (``rules_tag``).
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from gateway.errors import ConnectorOff, PersonalForbidden, WriteConflict
from gateway.store.fresh.notices import Tag, row_tag
from gateway.store.mongo import Database, Document
from gateway.store.owners import user_of


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectorRule:
    """Whether an organisation uses a connector, and lets people connect accounts of their own."""

    enabled: bool = True
    personal: bool = True

    def check(self, connector: str, owner: str | None = None) -> None:
        """Raise ``ConnectorOff``, or ``PersonalForbidden`` for a connection of ``owner``."""
        if not self.enabled:
            raise ConnectorOff(connector)
        if not self.personal and owner is not None and user_of(owner) is not None:
            raise PersonalForbidden(connector)


class ConnectorRuleStore:
    """The rules of each tenant."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection("connector_rules")
        self._notices = database.notices

    async def read(self, tenant: str) -> Mapping[str, ConnectorRule]:
        """Return the tenant's rules by connector; others have the default rule."""
        row = await self._rows.find_one(_row(tenant))
        rules = {} if row is None else row["connectors"]
        return {name: ConnectorRule(**rule) for name, rule in rules.items()}

    async def write(self, tenant: str, connector: str, rule: ConnectorRule) -> None:
        """Set the rule of a connector, whose name has no dot."""
        mine, change = _row(tenant), {"$set": {f"connectors.{connector}": asdict(rule)}}
        with self._notices.telling(rules_tag(tenant)):
            with contextlib.suppress(WriteConflict):  # a concurrent one inserted the row
                await self._rows.update_one(mine, change, upsert=True)
                return
            await self._rows.update_one(mine, change)

    async def remove(self, tenant: str, connector: str) -> bool:
        """Delete the rule of a connector, whose name has no dot; return whether there was one."""
        field = f"connectors.{connector}"
        with self._notices.telling(rules_tag(tenant)):
            mine = _row(tenant) | {field: {"$exists": True}}
            return await self._rows.update_one(mine, {"$unset": {field: ""}})


def _row(tenant: str) -> Document:
    return {"_id": tenant, "tenant": tenant}


def rules_tag(tenant: str) -> Tag:
    """Return the tag of changes of a tenant's rules."""
    return row_tag("connector_rules", tenant)
