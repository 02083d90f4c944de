"""The database, its clock and change streams, the encryption keys in it, and integrations."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime

from gateway.clock import utc_now
from gateway.commands.doctor.findings import Finding, State, problems
from gateway.encryption.key_check import KeyState, key_state, missing_keys
from gateway.encryption.keyring import open_vault
from gateway.errors import StoreUnavailable
from gateway.settings.environment import Settings
from gateway.store.clock import JUMP
from gateway.store.encryption_key_checks import EncryptionKeyCheckStore
from gateway.store.integration_tools import IntegrationToolStore
from gateway.store.integrations import IntegrationStore
from gateway.store.migrations import MIGRATIONS, pending
from gateway.store.mongo import Database, open_database
from gateway.store.sealed import sealed_stores

OLDEST = (6, 0)
"""The oldest version of MongoDB that is supported."""


async def examine_database(settings: Settings, tenant: str) -> AsyncIterator[Finding]:
    """Read what a start would read, and write nothing."""
    async with open_database(
        settings.mongodb_url.get_secret_value(), settings.mongodb_database, settings.mongodb_driver
    ) as database:
        try:
            version = await database.version()
        except StoreUnavailable as error:
            for finding in problems("database", error):
                yield finding
            return  # whatever else is in it cannot be read either
        yield _version(settings, version)
        yield compare_clocks(await database.now())
        yield await _change_stream(database)
        waiting = await pending(database)
        yield _migrations(len(waiting))
        if len(waiting) == len(MIGRATIONS):
            return  # a new database has neither keys nor integrations
        async for finding in _keys(settings, database):
            yield finding
        async for finding in _integrations(database, tenant):
            yield finding


def _version(settings: Settings, version: tuple[int, ...]) -> Finding:
    said = ".".join(map(str, version))
    if version < OLDEST:
        text = f"MongoDB {said} is older than {'.'.join(map(str, OLDEST))}"
        return Finding("database", State.PROBLEM, text)
    text = f'MongoDB {said} answers; database "{settings.mongodb_database}"'
    return Finding("database", State.OK, text)


def compare_clocks(there: datetime) -> Finding:
    """Judge the database's time against this machine's."""
    apart = abs(there - utc_now())
    text = f"this machine and the database are {apart.total_seconds():.1f} s apart"
    if apart <= JUMP:
        return Finding("clock", State.OK, text)
    return Finding("clock", State.WARNING, f"{text}: set both by NTP. The database's time counts")


async def _change_stream(database: Database) -> Finding:
    try:
        async with database.watch([]):
            return Finding("change streams", State.OK, "the database offers them")
    except StoreUnavailable:
        text = "the database offers none: MongoDB must be a replica set"
        return Finding("change streams", State.PROBLEM, text)


def _migrations(waiting: int) -> Finding:
    if waiting == len(MIGRATIONS):
        return Finding("database", State.NOTE, "it is new: the first start prepares it")
    if waiting:
        text = f"the next start makes {waiting} of {len(MIGRATIONS)} migrations"
        return Finding("database", State.NOTE, text)
    return Finding("database", State.OK, f"all {len(MIGRATIONS)} migrations are made")


async def _keys(settings: Settings, database: Database) -> AsyncIterator[Finding]:
    vault, stores = open_vault(settings), sealed_stores(database)
    checks = EncryptionKeyCheckStore(database)
    for key_id in vault.key_ids:
        match await key_state(vault, key_id, checks, stores):
            case KeyState.RIGHT:
                text = f"{key_id} is the one that this database was used with"
                yield Finding("encryption keys", State.OK, text)
            case KeyState.NEW:
                text = f"{key_id} is new to this database"
                yield Finding("encryption keys", State.NOTE, text)
            case KeyState.WRONG:
                text = f"{key_id} is not the one that this database was used with"
                yield Finding("encryption keys", State.PROBLEM, text)
    for missing in await missing_keys(vault, stores):
        text = f"{missing.key_id} is missing: {missing.rows} rows of {missing.collection} stay shut"
        yield Finding("encryption keys", State.WARNING, text)


async def _integrations(database: Database, tenant: str) -> AsyncIterator[Finding]:
    found = await IntegrationStore(database).list_for(tenant)
    kinds = Counter(str(each.kind) for each in found)
    said = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "none"
    yield Finding("integrations", State.OK, f"of tenant {tenant}: {said}")
    for (slug, _), synced in sorted((await IntegrationToolStore(database).synced(tenant)).items()):
        if synced.problem:
            text = f"{slug}: its tools could not be read again ({synced.problem})"
            yield Finding("integrations", State.WARNING, text)
