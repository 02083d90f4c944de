"""Migrations: numbered changes of stored rows, made once for a database, by one process, at start.

A process may die in the middle of a migration, so each one is idempotent and is begun again until
its number is recorded. The lease keeps other processes from doing the same work; they wait for it.
docs/operations.md, "Upgrades", says what a migration may change.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from gateway.background import in_background
from gateway.errors import SettingsError, StoreUnavailable, WriteConflict
from gateway.observe.logs import get_logger
from gateway.store.indexes import create_indexes
from gateway.store.mongo import Collection, Database, Document

_log = get_logger()

LEASE_SECONDS = 30
"""The longest wait for a process that died in the middle of a migration."""
PAUSE_SECONDS = 0.5
"""The pause of a waiting process between two looks."""
_LEASE = "lease"


@dataclass(frozen=True, kw_only=True, slots=True)
class Migration:
    """A change of stored rows. Its number and effect stay the same once it is released."""

    number: int
    name: str
    run: Callable[[Database], Awaitable[None]]


async def _complete_service_keys(database: Database) -> None:
    rows = database.collection("service_keys")
    defaults: Document = {
        "connectors": [],
        "expires_at": None,
        "assertion_keys": [],
        "last_used_at": None,
    }
    for field, value in defaults.items():
        await rows.update_many({field: {"$exists": False}}, {"$set": {field: value}})


async def _delete_unproven(database: Database) -> None:
    """Delete sessions, sign-ins and flows without a proof: people sign in and connect again.

    This adds no proofs: an attacker who deletes the record of this migration would get a planted
    row proven. Operators adopt their own service keys.
    """
    unproven = {"proof": {"$exists": False}}
    for name in ("sessions", "logins", "oauth_state"):
        await database.collection(name).delete_many(unproven)
    if keys := await database.collection("service_keys").count(unproven):
        _log.warning(
            "service_keys_not_proven", keys=keys, advice="see them with: gateway keys list"
        )


async def _name_the_method(database: Database) -> None:
    rows = database.collection("connections")
    await rows.update_many({"method": {"$exists": False}}, {"$set": {"method": "oauth2"}})


MIGRATIONS = (
    Migration(number=1, name="service keys have every field", run=_complete_service_keys),
    Migration(number=2, name="rows without a proof are deleted", run=_delete_unproven),
    Migration(number=3, name="connections have a method", run=_name_the_method),
)


async def prepare(database: Database) -> None:
    """Bring a database to this release: migrations, then indexes.

    Raises:
        SettingsError: a newer release has migrated it.
        StoreUnavailable: the database is away.
    """
    await migrate(database)
    await create_indexes(database)


async def pending(database: Database) -> list[Migration]:
    """Return the migrations that the next start makes; raises ``SettingsError`` like ``prepare``.

    On a new database these are all.
    """
    return await _pending(database.collection("migrations"), MIGRATIONS)


async def migrate(database: Database, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Make every migration that is not recorded, or wait until another process has made it."""
    rows, is_waiting = database.collection("migrations"), False
    while await _pending(rows, migrations):
        lease = _Lease(rows)
        if not await lease.claim():
            if not is_waiting:
                _log.info("waiting_for_migrations")
            is_waiting = True
            await asyncio.sleep(PAUSE_SECONDS)
            continue
        try:
            async with in_background(lease.keep()):
                # Read again: another process may have finished before the claim.
                for migration in await _pending(rows, migrations):
                    await _make(database, rows, lease, migration)
        finally:
            await lease.release()


async def _pending(rows: Collection, migrations: Sequence[Migration]) -> list[Migration]:
    done = {row["_id"] for row in await rows.find({"_id": {"$type": "number"}})}
    newest, known = max(done, default=0), migrations[-1].number
    if newest > known:
        raise SettingsError(
            f"a newer release of the gateway has migrated this database (migration {newest}; this "
            f"release knows {known}). Start the newer release, or restore a backup from before it"
        )
    return [migration for migration in migrations if migration.number not in done]


async def _make(database: Database, rows: Collection, lease: _Lease, migration: Migration) -> None:
    _log.info("migration_started", number=migration.number, name=migration.name)
    started = time.monotonic()
    await migration.run(database)
    if not await lease.renew():
        raise StoreUnavailable("another process took over the migrations")
    record = {"_id": migration.number, "name": migration.name, "done_at": await database.now()}
    await rows.insert_missing([record])
    seconds = round(time.monotonic() - started, 3)
    _log.info("migration_done", number=migration.number, name=migration.name, seconds=seconds)


class _Lease:
    """The right to migrate, by the database's clock."""

    def __init__(self, rows: Collection) -> None:
        self._rows = rows
        self._mine: Document = {"_id": _LEASE, "owner": secrets.token_hex(16)}

    async def claim(self) -> bool:
        """Take the lease; return whether it was free or over."""
        is_free = {"$lte": [{"$ifNull": ["$until", "$$NOW"]}, "$$NOW"]}
        wanted = {
            "owner": {"$cond": [is_free, self._mine["owner"], "$owner"]},
            "until": {"$cond": [is_free, _later(), "$until"]},
        }
        try:
            row = await self._rows.find_one_and_update(
                {"_id": _LEASE}, [{"$set": wanted}], after=True, upsert=True
            )
        except WriteConflict:  # another process has inserted the row
            return False
        return row is not None and row["owner"] == self._mine["owner"]

    async def renew(self) -> bool:
        """Extend the lease; return whether it was still ours."""
        return await self._rows.update_one(self._mine, [{"$set": {"until": _later()}}])

    async def keep(self) -> None:
        """Renew the lease until cancelled, or until another process has it."""
        while True:
            await asyncio.sleep(LEASE_SECONDS / 3)
            with suppress(StoreUnavailable):
                if not await self.renew():
                    return

    async def release(self) -> None:
        """Let the next process begin; without this, the lease ends by itself."""
        with suppress(StoreUnavailable):
            await self._rows.delete_many(self._mine)


def _later() -> Document:
    return {"$add": ["$$NOW", int(LEASE_SECONDS * 1000)]}
