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


@dataclass(frozen=True, kw_only=True)
class News:
    """Tells the tenant's webhooks and its audit."""

    events: EventStore
    audit: Audit
    clock: Clock

    async def tell(self, row: Integration, connection: str, changes: Changes) -> None:
        """Tell that operations came or changed: nobody has accepted these.

        ``connection`` is the one whose tools they are, empty for all. Operations that went ask for
        nothing: they are told with the next change.
        """
        if not changes.added and not changes.changed:
            return
        await self.audit.write(
            Action.INTEGRATION_TOOLS_CHANGED,
            tenant=row.tenant,
            connector=row.id,
            connection=connection or None,
            subject=row.slug,
            details={
                "added": sorted(changes.added)[:100],
                "changed": sorted(changes.changed)[:100],
                "removed": sorted(changes.removed)[:100],
            },
        )
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
