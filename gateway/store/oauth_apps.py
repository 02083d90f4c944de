"""The OAuth apps that tenants bring: the collection ``oauth_apps``, a row for each client id.

The client secret is sealed. New connections are made with the app that was set last, the one in
use. Apps from before it stay for the connections that they made.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from gateway.digest import sha256_hex
from gateway.store.mongo import Database, Document
from gateway.store.rows import read_fields, write_fields

_NEWEST = [("updated_at", -1), ("_id", -1)]


def app_id(tenant: str, connector: str, client_id: str) -> str:
    """Return the id of an app: the same if it is removed and set again."""
    return f"app_{sha256_hex(json.dumps([tenant, connector, client_id]))[:24]}"


@dataclass(frozen=True, kw_only=True, slots=True)
class OAuthApp:
    """One app. ``updated_by`` is who set its secret last, such as ``key:…`` or ``session:…``."""

    id: str
    tenant: str
    connector: str
    client_id: str
    secret: bytes = field(repr=False)
    in_use: bool
    updated_by: str
    created_at: datetime
    updated_at: datetime


class AppReader(Protocol):
    """Finds apps: in the database, or among those that were read."""

    async def get(self, tenant: str, app: str) -> OAuthApp | None:
        """Return the app of that id."""

    async def in_use(self, tenant: str, connector: str) -> OAuthApp | None:
        """Return the app for new connections."""


class ReadApps:
    """The apps of a tenant as they were read, the newest first."""

    def __init__(self, apps: Sequence[OAuthApp]) -> None:
        self._apps = {(app.tenant, app.id): app for app in apps}

    async def get(self, tenant: str, app: str) -> OAuthApp | None:
        """Return the app of that id."""
        return self._apps.get((tenant, app))

    async def in_use(self, tenant: str, connector: str) -> OAuthApp | None:
        """Return the app for new connections."""
        used = (app for app in self._apps.values() if app.in_use and app.connector == connector)
        return next((app for app in used if app.tenant == tenant), None)


class OAuthAppStore:
    """Apps. Every method takes the tenant; foreign rows look missing."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection("oauth_apps")

    async def set(self, app: OAuthApp) -> None:
        """Store an app, or its new secret, and use no other from now on."""
        row = write_fields(app)
        one = {"_id": row.pop("_id"), "tenant": app.tenant}
        created = {"created_at": row.pop("created_at")}
        await self._rows.find_one_and_update(
            one, {"$set": row, "$setOnInsert": created}, after=True, upsert=True
        )
        # Only earlier ones: of two that are set at once, one stays in use.
        earlier = {"in_use": True, "updated_at": {"$lt": app.updated_at}}
        await self._rows.update_many(
            _of(app.tenant, app.connector) | earlier, {"$set": {"in_use": False}}
        )

    async def get(self, tenant: str, app: str) -> OAuthApp | None:
        """Return the app of that id."""
        return _read(await self._rows.find_one({"_id": app, "tenant": tenant}))

    async def in_use(self, tenant: str, connector: str) -> OAuthApp | None:
        """Return the app for new connections."""
        query = _of(tenant, connector) | {"in_use": True}
        return _read(await self._rows.find_one(query, sort=_NEWEST))

    async def list_for(self, tenant: str, connector: str | None = None) -> list[OAuthApp]:
        """Return the tenant's apps, of one connector or of all, the newest first."""
        query = {"tenant": tenant} if connector is None else _of(tenant, connector)
        rows = await self._rows.find(query, sort=_NEWEST)
        return [app for row in rows if (app := _read(row)) is not None]

    async def connectors(self) -> frozenset[str]:
        """Return the connectors for which any tenant has an app, for the worker."""
        return frozenset(await self._rows.distinct("connector"))

    async def remove(self, tenant: str, connector: str, app: str) -> bool:
        """Delete an app; return whether there was one."""
        query = _of(tenant, connector) | {"_id": app}
        return await self._rows.find_one_and_delete(query) is not None


def _of(tenant: str, connector: str) -> Document:
    return {"tenant": tenant, "connector": connector}


def _read(row: Document | None) -> OAuthApp | None:
    """Return a row as an app; ``None`` if its id is not that of its client id (a planted row)."""
    if row is None or row["_id"] != app_id(row["tenant"], row["connector"], row["client_id"]):
        return None
    return read_fields(OAuthApp, row, secret=row.get("secret") or b"")
