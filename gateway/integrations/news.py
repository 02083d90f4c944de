"""Tell that tools of an integration are others than a person accepted: an event, an audit line."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.audit.trail import Audit
from gateway.clock import Clock
from gateway.store.audit import Action
from gateway.store.events import EventStore, EventType, new_event
from gateway.store.integration_tools import Changes
from gateway.store.integrations import Integration
from gateway.store.owners import ORG

MOST_NAMED = 50
"""Names of tools in one audit line."""


@dataclass(frozen=True, kw_only=True)
class News:
    """Tells the tenant's webhooks and its audit."""

    events: EventStore
    audit: Audit
    clock: Clock

    async def tell(self, row: Integration, connection: str, changes: Changes) -> None:
        """Tell what is other than before. ``connection`` is the one whose tools they are, or empty.

        Operations that came or changed ask a person from now on: an event tells administrators.
        """
        if not changes:
            return
        named = {"added": changes.added, "changed": changes.changed, "removed": changes.removed}
        await self.audit.write(
            Action.INTEGRATION_TOOLS_CHANGED,
            tenant=row.tenant,
            connector=row.id,
            connection=connection or None,
            subject=row.slug,
            details={word: sorted(names)[:MOST_NAMED] for word, names in named.items() if names},
        )
        if not changes.added and not changes.changed:
            return
        await self.events.add(
            new_event(
                EventType.TOOLS_CHANGED,
                self.clock(),
                tenant=row.tenant,
                # Events of one integration are told in their order.
                connection=connection or row.id,
                generation=row.revision,
                connector=row.id,
                owner=ORG,
                status="changed",
            )
        )
