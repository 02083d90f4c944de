"""The tools of integrations: the collection ``tools``, a row for each operation of a connection.

``connection`` is empty where one list of operations holds for all connections. Definitions are
stored as JSON text: the names of members in a schema have dots and dollars. Each row remembers what
a person accepted (``accepted``): another definition, or another address, asks again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from gateway.digest import sha256_hex
from gateway.engine.integration import Definition, Effect
from gateway.engine.integration_names import connector_name
from gateway.store.fresh.notices import integration_tags
from gateway.store.integrations import Integration
from gateway.store.mongo import Database, Document

EVERYBODY = ""
"""The ``connection`` of tools that all connections share."""
_MARK = ""
"""The ``name`` of the row that says when a connection's tools were read."""
_BATCH = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredTool:
    """An operation of an integration.

    ``digest`` is that of ``definition``. ``accepted`` is the pin (``pin_of``) that a person
    accepted, empty if nobody has. ``before`` is the accepted definition while another one is in
    its place. ``effect`` is what an administrator says about exactly this definition.
    """

    tenant: str
    integration: str
    connection: str
    name: str
    definition: Definition = field(repr=False)
    digest: str
    accepted: str
    before: Definition | None = field(repr=False)
    effect: Effect | None
    enabled: bool
    synced_at: datetime

    def is_accepted(self, base_url: str) -> bool:
        """Whether a person accepted this definition at this address."""
        return self.accepted == pin_of(self.digest, base_url)


@dataclass(frozen=True, kw_only=True, slots=True)
class Synced:
    """When a connection's tools were read, and tried to be read. ``problem`` is a code."""

    synced_at: datetime | None
    tried_at: datetime
    problem: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """The names of the definitions that a reading changed.

    ``waiting`` are those of the new and changed ones that nobody has accepted.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def pin_of(digest: str, base_url: str) -> str:
    """Return what a person accepts: a definition at an address."""
    return sha256_hex(f"{digest}\0{base_url}")


class IntegrationToolStore:
    """The tools of each tenant's integrations."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection("tools")
        self._notices = database.notices

    async def list_for(
        self, tenant: str, slug: str | None = None, connection: str | None = None
    ) -> list[StoredTool]:
        """Return the tools of one integration or of all, sorted by integration and name."""
        query: Document = {"tenant": tenant, "name": {"$gt": _MARK}}
        query |= {} if slug is None else {"integration": slug}
        query |= {} if connection is None else {"connection": connection}
        order = [("integration", 1), ("connection", 1), ("name", 1)]
        return [_tool(row) for row in await self._rows.find(query, sort=order)]

    async def sync(
        self,
        integration: Integration,
        connection: str,
        definitions: Sequence[Definition],
        *,
        now: datetime,
        accept: bool = False,
        offered: Collection[str] | None = None,
        offer_new: bool = True,
    ) -> Changes:
        """Make these the tools of a connection, and return what that changes.

        With ``accept``, a person has seen all of them. Without, a definition is accepted only if it
        is the accepted one of that name, of this connection or another. With ``offered``, these
        names alone are offered from now on, and at no moment others. Without, those that are known
        stay as they are, and new ones are offered if ``offer_new``.
        """
        tenant, slug = integration.tenant, integration.slug
        known = {each.name: each for each in await self.list_for(tenant, slug, connection)}
        updates, changes = await self._updates(
            integration, connection, definitions, known, now=now, accept=accept
        )
        for (_, update), each in zip(updates, definitions, strict=True):
            if offered is not None:
                update["$set"]["enabled"] = each.name in offered
                del update["$setOnInsert"]["enabled"]
            else:
                update["$setOnInsert"]["enabled"] = offer_new
        removed = tuple(known.keys() - {each.name for each in definitions})
        with self._notices.telling(*integration_tags(integration.id)):
            for start in range(0, len(updates), _BATCH):
                await self._rows.update_each(updates[start : start + _BATCH], upsert=True)
            if removed:
                gone = _of(tenant, slug, connection) | {"name": {"$in": list(removed)}}
                await self._rows.delete_many(gone)
            await self._mark(tenant, slug, connection, {"synced_at": now, "problem": ""}, now)
        return replace(changes, removed=removed)

    async def put(
        self,
        integration: Integration,
        connection: str,
        name: str,
        definition: Definition | None,
        *,
        now: datetime,
    ) -> Changes:
        """Put one definition in the place of that name, or none; return what that changes."""
        tenant, slug = integration.tenant, integration.slug
        with self._notices.telling(*integration_tags(integration.id)):
            if definition is None or definition.name != name:
                gone = _of(tenant, slug, connection) | {"name": name}
                await self._rows.delete_many(gone)
                return Changes(removed=(name,))
            known = {each.name: each for each in await self.list_for(tenant, slug, connection)}
            updates, changes = await self._updates(
                integration, connection, [definition], known, now=now, accept=False
            )
            await self._rows.update_each(updates, upsert=True)
        return changes

    async def _updates(
        self,
        integration: Integration,
        connection: str,
        definitions: Sequence[Definition],
        known: Mapping[str, StoredTool],
        *,
        now: datetime,
        accept: bool,
    ) -> tuple[list[tuple[Document, Document]], Changes]:
        tenant, slug, base_url = integration.tenant, integration.slug, integration.base_url
        others = {} if accept else await self._accepted(tenant, slug)
        updates: list[tuple[Document, Document]] = []
        added, changed, waiting = [], [], []
        for each in definitions:
            digest, old = each.digest, known.get(each.name)
            if old is None:
                added.append(each.name)
            elif old.digest != digest:
                changed.append(each.name)
            row = _merged(each, digest, base_url, old, others.get(each.name, {}), accept=accept)
            mine = _id(tenant, slug, connection, each.name) | {"tenant": tenant}
            first: Document = {"integration": slug, "connection": connection}
            first |= {"name": each.name, "enabled": True}
            if row["accepted"] != pin_of(digest, base_url) and (
                old is None or old.digest != digest
            ):
                waiting.append(each.name)
            row |= {"synced_at": now}
            updates.append((mine, {"$set": row, "$setOnInsert": first}))
        return updates, Changes(added=tuple(added), changed=tuple(changed), waiting=tuple(waiting))

    async def failed(
        self, integration: Integration, connection: str, problem: str, *, now: datetime
    ) -> None:
        """Note that a connection's tools could not be read now; those from before stay."""
        with self._notices.telling(*integration_tags(integration.id)):
            await self._mark(
                integration.tenant, integration.slug, connection, {"problem": problem}, now
            )

    async def accept(self, integration: Integration, name: str, digest: str) -> bool:
        """Accept the definition of that digest, for all connections that have it.

        Returns whether there is one: it may have changed since the person saw it.
        """
        query = {"tenant": integration.tenant, "integration": integration.slug}
        query |= {"name": name, "digest": digest}
        accepted = {"accepted": pin_of(digest, integration.base_url), "before": None}
        with self._notices.telling(*integration_tags(integration.id)):
            return bool(await self._rows.update_many(query, {"$set": accepted}))

    async def set_effect(
        self, integration: Integration, name: str, digest: str, effect: Effect | None
    ) -> bool:
        """Say what exactly this definition does; return whether there is one."""
        query = {"tenant": integration.tenant, "integration": integration.slug}
        query |= {"name": name, "digest": digest}
        with self._notices.telling(*integration_tags(integration.id)):
            return bool(await self._rows.update_many(query, {"$set": {"effect": effect}}))

    async def set_enabled(
        self, integration: Integration, names: Iterable[str], *, enabled: bool
    ) -> int:
        """Offer tools of these definitions, or offer them no more; return how many rows that is."""
        query: Document = {"tenant": integration.tenant, "integration": integration.slug}
        query |= {"name": {"$in": sorted(set(names) - {_MARK})}}
        with self._notices.telling(*integration_tags(integration.id)):
            return await self._rows.update_many(query, {"$set": {"enabled": enabled}})

    async def synced(self, tenant: str) -> Mapping[tuple[str, str], Synced]:
        """Return when the tools of the tenant's connections were read, by (slug, connection)."""
        rows = await self._rows.find({"tenant": tenant, "name": _MARK})
        return {
            (row["integration"], row["connection"]): Synced(
                synced_at=row.get("synced_at"), tried_at=row["tried_at"], problem=row["problem"]
            )
            for row in rows
        }

    async def remove(self, tenant: str, slug: str, connection: str | None = None) -> int:
        """Delete the tools of an integration, or those of one connection; return how many rows."""
        query: Document = {"tenant": tenant, "integration": slug}
        query |= {} if connection is None else {"connection": connection}
        with self._notices.telling(*integration_tags(connector_name(tenant, slug))):
            return await self._rows.delete_many(query)

    async def _mark(
        self, tenant: str, slug: str, connection: str, fields: Document, now: datetime
    ) -> None:
        mine = _id(tenant, slug, connection, _MARK) | {"tenant": tenant}
        first = {"integration": slug, "connection": connection, "name": _MARK}
        row = fields | {"tried_at": now}
        # In one request with nothing else: a concurrent upsert of the same mark is as good.
        await self._rows.update_each([(mine, {"$set": row, "$setOnInsert": first})], upsert=True)

    async def _accepted(self, tenant: str, slug: str) -> dict[str, dict[str, Document]]:
        """Return what people accepted: by name and digest."""
        query = {"tenant": tenant, "integration": slug, "accepted": {"$gt": ""}}
        fields = {"name": 1, "digest": 1, "accepted": 1, "effect": 1}
        found: dict[str, dict[str, Document]] = {}
        for row in await self._rows.find(query, projection=fields):
            found.setdefault(row["name"], {})[row["digest"]] = row
        return found


def _merged(
    new: Definition,
    digest: str,
    base_url: str,
    old: StoredTool | None,
    others: Mapping[str, Document],
    *,
    accept: bool,
) -> Document:
    """Return the fields of a row after its operation was read as ``new``."""
    pin = pin_of(digest, base_url)
    other = others.get(digest, {})
    row: Document = {"definition": dumps(new), "digest": digest}
    if old is not None and old.digest == digest:
        effect = old.effect
    else:
        effect = other.get("effect") if other.get("accepted") == pin else None
    if accept or other.get("accepted") == pin or (old is not None and old.accepted == pin):
        return row | {"accepted": pin, "before": None, "effect": effect}
    before = None
    if old is not None and old.accepted:
        # Until somebody accepts another one, the accepted definition stays the one to compare.
        before = old.before if old.before is not None else old.definition
    return row | {
        "accepted": "" if old is None else old.accepted,
        "before": None if before is None else dumps(before),
        "effect": effect,
    }


def dumps(definition: Definition) -> str:
    """Return a definition as JSON text."""
    return json.dumps(asdict(definition), ensure_ascii=False, separators=(",", ":"))


def loads(text: str) -> Definition:
    """Return the definition of a JSON text."""
    given: dict[str, Any] = json.loads(text)
    return Definition(**{**given, "scopes": tuple(given["scopes"])})


def _id(tenant: str, slug: str, connection: str, name: str) -> Document:
    return {"_id": f"{connector_name(tenant, slug)}/{connection}/{name}"}


def _of(tenant: str, slug: str, connection: str) -> Document:
    return {"tenant": tenant, "integration": slug, "connection": connection}


def _tool(row: Document) -> StoredTool:
    before = row["before"]
    return StoredTool(
        tenant=row["tenant"],
        integration=row["integration"],
        connection=row["connection"],
        name=row["name"],
        definition=loads(row["definition"]),
        digest=row["digest"],
        accepted=row["accepted"],
        before=None if before is None else loads(before),
        effect=row["effect"],
        enabled=row["enabled"],
        synced_at=row["synced_at"],
    )
