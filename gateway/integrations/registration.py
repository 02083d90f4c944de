"""Integrations of a deployment's own list: added at its start, and kept as the list says.

Every process does it, with no lock between them: each step can be repeated, and a mark on the row
says last that an entry is done. An entry that is done costs one read of its row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gateway.audit.trail import Audit
from gateway.errors import IntegrationExists, IntegrationNotFound, InvalidRequest
from gateway.integrations.adding import Adding, New
from gateway.integrations.entrusted import check_entrusted
from gateway.services.apps import Apps
from gateway.store.audit import Action
from gateway.store.connections import ConnectionStore
from gateway.store.integrations import Integration, IntegrationStore

DEPLOYMENT = "deployment"
"""Who made a row that was not there before (``created_by``)."""
_TRIES = 5


@dataclass(frozen=True, kw_only=True)
class Registration:
    """Adds integrations, or brings them up to date."""

    adding: Adding
    store: IntegrationStore
    connections: ConnectionStore
    apps: Apps
    audit: Audit

    async def register(self, tenant: str, new: New, mark: str) -> bool:
        """Make an integration what an entry says; ``mark`` stands for all that it says.

        Returns whether there was anything to do. Operations are accepted when the row is new, or
        if the entry says the ``digest`` of a preview. Else those that are new or different ask a
        person first, as after a refresh.

        Raises:
            IntegrationRefused: Nothing of it can be used, or it is not what ``digest`` says.
            IntegrationUnreachable: The URL cannot be read.
            InvalidRequest: A field is wrong, or a credential would go to another place.
            IntegrationNotFound: Other processes change the row again and again.
        """
        old = await self._known(tenant, new.slug)
        if old is not None and old.registered == mark:
            return False
        read, description = await self.adding.read(tenant, new)
        read = replace(read, created_by=DEPLOYMENT)
        for attempt in range(_TRIES):
            if old is not None and old.registered == mark:
                return False  # by another process
            try:
                row, is_new = await self._stored(old, read)
                break
            except (IntegrationExists, IntegrationNotFound):
                if attempt == _TRIES - 1:
                    raise IntegrationNotFound from None
                old = await self._known(tenant, new.slug)
        accept = is_new or bool(new.digest)
        await self.adding.fill(row, description, new, accept=accept)
        await self.store.mark(tenant, row.slug, mark)
        details: Mapping[str, object] = {"changed": ["list"]}
        if is_new:
            details = {"kind": str(row.kind), "tools": len(description.definitions)}
        await self.audit.write(
            Action.INTEGRATION_ADDED if is_new else Action.INTEGRATION_CHANGED,
            tenant=tenant,
            connector=row.id,
            subject=row.slug,
            details=details,
        )
        return True

    async def _stored(self, old: Integration | None, read: Integration) -> tuple[Integration, bool]:
        """Store the row; return it, and whether no entry and no person has made it before."""
        if old is None:
            await self.store.add(read)
            return read, True
        if old.kind is not read.kind:
            raise InvalidRequest(f"kind: {old.slug} is of kind {old.kind}: remove it first")
        await check_entrusted(old, read, self.connections, self.apps)
        row = replace(
            read,
            created_at=old.created_at,
            created_by=old.created_by,
            found=old.found,
            registered=old.registered,
            revision=old.revision,
        )
        # Another process may be about to fill a row that it has added.
        is_new = old.created_by == DEPLOYMENT and not old.registered
        return await self.store.replace(row), is_new

    async def _known(self, tenant: str, slug: str) -> Integration | None:
        try:
            return await self.store.get(tenant, slug)
        except IntegrationNotFound:
            return None
