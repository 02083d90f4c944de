"""The integrations of tenants: the collection ``integrations``, a row for each (tenant, slug).

A row holds no secret. Its id is the name of the integration's connector, which says the tenant:
``gateway.store.fresh.watch`` announces each change to that tenant's caches (``integrations_tag``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from gateway.engine.discovered import AuthorizationServer, RemoteClient
from gateway.engine.integration import AuthMethod, Kind, OAuth, Placement
from gateway.engine.integration_names import connector_name
from gateway.errors import IntegrationExists, IntegrationNotFound, WriteConflict
from gateway.store.fresh.notices import integration_tags
from gateway.store.mongo import Database, Document
from gateway.store.rows import read_fields, write_fields

MOST = 200
"""The most integrations of a tenant."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Integration:
    """An API that a tenant added by its URL.

    ``id`` is the name of its connector. ``endpoint`` is the URL of the document or of the endpoint,
    empty for an upload; requests go below ``base_url``. With ``per_connection``, each connection is
    asked for its own tools. ``found`` is our client at the authorization server that was discovered
    when somebody connected last. ``registered`` stands for the entry of the deployment's own list
    that it was made from, if any. Tools that were read before ``config_revised_at`` are read again.
    ``revision`` grows with each change.
    """

    id: str
    tenant: str
    slug: str
    kind: Kind
    name: str
    description: str
    endpoint: str
    base_url: str
    methods: tuple[AuthMethod, ...]
    display_url: str
    version: str
    notes: tuple[str, ...]
    per_connection: bool
    config_revised_at: datetime
    created_at: datetime
    created_by: str
    updated_at: datetime
    found: RemoteClient | None = None
    registered: str = ""
    revision: int = 1


class IntegrationStore:
    """The integrations of each tenant."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection("integrations")
        self._notices = database.notices

    async def list_for(self, tenant: str) -> list[Integration]:
        """Return the tenant's integrations, sorted by slug."""
        rows = await self._rows.find({"tenant": tenant}, sort=[("slug", 1)], limit=MOST)
        return [_integration(row) for row in rows]

    async def get(self, tenant: str, slug: str) -> Integration:
        """Return one; raise ``IntegrationNotFound``."""
        row = await self._rows.find_one(_row(tenant, slug))
        if row is None:
            raise IntegrationNotFound
        return _integration(row)

    async def add(self, integration: Integration) -> None:
        """Store a new one; raise ``IntegrationExists`` if its slug is taken."""
        with self._notices.telling(*integration_tags(integration.id)):
            try:
                await self._rows.insert(_document(integration))
            except WriteConflict:
                raise IntegrationExists from None

    async def replace(self, new: Integration) -> Integration:
        """Store a changed one, whose ``revision`` is that of the row before the change.

        Returns it with its new revision. Raises ``IntegrationNotFound`` if somebody has changed or
        removed it meanwhile: read it again.
        """
        new, before = replace(new, revision=new.revision + 1), new.revision
        fields = _document(new)
        del fields["_id"]
        with self._notices.telling(*integration_tags(new.id)):
            known = _row(new.tenant, new.slug) | {"revision": before}
            if not await self._rows.update_one(known, {"$set": fields}):
                raise IntegrationNotFound
        return new

    async def mark(self, tenant: str, slug: str, registered: str) -> None:
        """Store the mark of the entry of the deployment's list that an integration now follows."""
        await self._rows.update_one(_row(tenant, slug), {"$set": {"registered": registered}})

    async def remove(self, tenant: str, slug: str) -> bool:
        """Delete one; return whether there was one."""
        with self._notices.telling(*integration_tags(connector_name(tenant, slug))):
            return bool(await self._rows.delete_many(_row(tenant, slug)))

    async def with_oauth(self, after: str = "", limit: int = 100) -> list[tuple[str, str]]:
        """Return (tenant, connector) of integrations whose tokens can be renewed, of all tenants.

        They are in the order of their connectors, from ``after`` on.
        """
        found = await self._rows.find(
            {"_id": {"$gt": after}, "renewable": True},
            sort=[("_id", 1)],
            limit=limit,
            projection={"tenant": 1},
        )
        return [(row["tenant"], row["_id"]) for row in found]


def _row(tenant: str, slug: str) -> Document:
    return {"tenant": tenant, "_id": connector_name(tenant, slug)}


def _document(integration: Integration) -> Document:
    # Names of scopes have dots, which are paths in MongoDB: the methods are stored as text.
    methods = json.dumps([asdict(each) for each in integration.methods])
    found = None if integration.found is None else json.dumps(asdict(integration.found))
    return write_fields(integration) | {
        "kind": str(integration.kind),
        "methods": methods,
        "notes": list(integration.notes),
        "found": found,
        "renewable": any(each.oauth is not None for each in integration.methods),
    }


def _integration(row: Document) -> Integration:
    found = None if row["found"] is None else _found(json.loads(row["found"]))
    return read_fields(
        Integration,
        row,
        kind=Kind(row["kind"]),
        methods=methods_in(json.loads(row["methods"])),
        notes=tuple(row["notes"]),
        found=found,
    )


def methods_in(given: Sequence[Mapping[str, Any]]) -> tuple[AuthMethod, ...]:
    """Return the methods that ``dataclasses.asdict`` made to mappings."""
    return tuple(
        AuthMethod(
            **{
                **each,
                "placements": tuple(Placement(**one) for one in each["placements"]),
                "oauth": None if each["oauth"] is None else OAuth(**each["oauth"]),
            }
        )
        for each in given
    )


def _found(given: Mapping[str, Any]) -> RemoteClient:
    server = given["server"]
    lists = {name: tuple(server[name]) for name in ("scopes", "auth_methods")}
    more = tuple(given.get("more_scopes", ()))
    server = AuthorizationServer(**{**server, **lists})
    return RemoteClient(**{**given, "server": server, "more_scopes": more})
