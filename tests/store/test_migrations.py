"""Migrations: in order, once for a database, by one process; a newer database is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import anyio
import pytest
from pymongo import MongoClient
from structlog.testing import capture_logs

from gateway.errors import SettingsError, StoreUnavailable
from gateway.store import migrations
from gateway.store.migrations import MIGRATIONS, Migration, migrate, prepare
from gateway.store.mongo import Database, Document
from gateway.store.service_keys import KeyStore
from tests.support.linking import NOW, at_once
from tests.support.sealing import VAULT
from tests.support.waiting import PATIENCE_SECONDS, until


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "PAUSE_SECONDS", 0.01)


class Made:
    """Migrations that note when they run."""

    def __init__(self, count: int) -> None:
        self.runs: list[int] = []
        self.all = [self._migration(number) for number in range(1, count + 1)]

    def _migration(self, number: int) -> Migration:
        async def run(database: Database) -> None:
            self.runs.append(number)

        return Migration(number=number, name=f"change {number}", run=run)


async def recorded(database: Database) -> Sequence[Document]:
    rows = await database.collection("migrations").find({}, sort=[("_id", 1)])
    return [row for row in rows if row["_id"] != "lease"]


def test_the_migrations_are_numbered_without_a_gap() -> None:
    """A recorded number stands for one change for ever."""
    assert [each.number for each in MIGRATIONS] == [*range(1, len(MIGRATIONS) + 1)]
    assert len({each.name for each in MIGRATIONS}) == len(MIGRATIONS)


async def test_migrations_are_made_in_order_once_and_recorded(database: Database) -> None:
    made = Made(3)
    await migrate(database, made.all)
    await migrate(database, made.all)
    assert made.runs == [1, 2, 3]
    assert [(row["_id"], row["name"]) for row in await recorded(database)] == [
        (1, "change 1"),
        (2, "change 2"),
        (3, "change 3"),
    ]
    age = await database.now() - (await recorded(database))[0]["done_at"]
    assert timedelta(0) <= age < timedelta(minutes=1)


async def test_an_upgrade_makes_the_new_migrations_only(database: Database) -> None:
    made = Made(3)
    await migrate(database, made.all[:2])
    with capture_logs() as logs:
        await migrate(database, made.all)
    assert made.runs == [1, 2, 3]
    assert [(line["event"], line["number"]) for line in logs] == [
        ("migration_started", 3),
        ("migration_done", 3),
    ]


async def test_of_ten_processes_that_start_together_one_migrates(database: Database) -> None:
    made = Made(2)
    assert await at_once(10, lambda _: migrate(database, made.all)) == [None] * 10
    assert made.runs == [1, 2]


async def test_a_process_waits_until_the_other_one_has_finished(database: Database) -> None:
    begun, may_end = anyio.Event(), anyio.Event()

    async def slow(database: Database) -> None:
        begun.set()
        await may_end.wait()

    change = [Migration(number=1, name="slow", run=slow)]
    first = asyncio.create_task(migrate(database, change))
    with anyio.fail_after(PATIENCE_SECONDS):
        await begun.wait()
    with capture_logs() as logs:
        second = asyncio.create_task(migrate(database, change))

        async def waits() -> bool:
            return any(line["event"] == "waiting_for_migrations" for line in logs)

        await until(waits)
        assert not second.done()
        may_end.set()
        await asyncio.gather(first, second)
    assert [line["event"] for line in logs].count("migration_started") == 0


async def test_the_next_process_repeats_a_migration_that_was_cut_short(database: Database) -> None:
    """The lease of the dead process ends by the database's clock."""
    await database.collection("migrations").insert(
        {"_id": "lease", "owner": "killed", "until": await database.now()}
    )
    made = Made(1)
    await migrate(database, made.all)
    assert made.runs == [1]
    assert await database.collection("migrations").find_one({"_id": "lease"}) is None


async def test_a_failed_migration_is_not_recorded_and_leaves_no_lease(database: Database) -> None:
    async def fail(database: Database) -> None:
        raise StoreUnavailable("the database is away")

    made = Made(2)
    broken = [made.all[0], Migration(number=2, name="fails", run=fail)]
    with pytest.raises(StoreUnavailable):
        await migrate(database, broken)
    assert [row["_id"] for row in await recorded(database)] == [1]

    await migrate(database, made.all)
    assert made.runs == [1, 2]


async def test_a_process_that_lost_its_lease_records_nothing(database: Database) -> None:
    """It was stopped for a minute, say, and another process has begun."""

    async def lose(database: Database) -> None:
        await database.collection("migrations").update_one(
            {"_id": "lease"}, {"$set": {"owner": "another process"}}
        )

    with pytest.raises(StoreUnavailable, match="took over"):
        await migrate(database, [Migration(number=1, name="slow", run=lose)])
    assert await recorded(database) == []
    lease = await database.collection("migrations").find_one({"_id": "lease"})
    assert lease is not None
    assert lease["owner"] == "another process"


async def test_a_long_migration_keeps_its_lease(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "LEASE_SECONDS", 0.15)
    rows = database.collection("migrations")

    async def extended(database: Database) -> None:
        first = await rows.find_one({"_id": "lease"})
        assert first is not None

        async def is_later() -> bool:
            lease = await rows.find_one({"_id": "lease"})
            return lease is not None and lease["until"] > first["until"] + timedelta(seconds=0.3)

        await until(is_later)

    await migrate(database, [Migration(number=1, name="long", run=extended)])
    assert [row["_id"] for row in await recorded(database)] == [1]


async def test_a_database_of_a_newer_release_is_refused_and_left_alone(
    database: Database, mongodb_url: str, database_name: str
) -> None:
    await prepare(database)
    newest = MIGRATIONS[-1].number + 1
    await database.collection("migrations").insert({"_id": newest, "name": "of a newer release"})
    with MongoClient[Document](mongodb_url) as client:
        client[database_name]["sessions"].drop_index("person")
        with pytest.raises(SettingsError, match=f"migration {newest}; this release knows"):
            await prepare(database)
        assert "person" not in client[database_name]["sessions"].index_information()
        client[database_name]["sessions"].create_index([("tenant", 1), ("user", 1)], name="person")


async def test_each_migration_can_be_repeated(database: Database) -> None:
    """Rows that the newest release wrote stay as they are, too."""
    rows = database.collection("service_keys")
    old = {"_id": "k1", "tenant": "default", "label": "", "roles": ["tokens"], "secret_hash": "0"}
    await rows.insert(old | {"created_at": NOW})
    once = []
    for _ in range(2):
        for migration in MIGRATIONS:
            await migration.run(database)
        once.append(await rows.find({}))
    assert once[0] == once[1]


async def test_an_older_service_key_gets_the_fields_it_lacks_but_no_proof(
    database: Database,
) -> None:
    rows, keys = database.collection("service_keys"), KeyStore(database, VAULT)
    old = {"_id": "k1", "tenant": "default", "label": "", "roles": ["tokens"], "secret_hash": "0"}
    await rows.insert(old | {"created_at": NOW})
    with capture_logs() as logs:
        await prepare(database)
    assert [(line["event"], line.get("keys")) for line in logs if "keys" in line] == [
        ("service_keys_not_proven", 1)
    ]
    assert await keys.get("k1") is None
    (key,) = await keys.unproven("default")
    assert (key.id, key.connectors, key.expires_at, key.assertion_keys) == ("k1", (), None, ())


@pytest.mark.requirement("E5")
async def test_no_migration_proves_a_planted_row(database: Database) -> None:
    """The attacker deletes the record of the migrations and waits for a restart."""
    await prepare(database)
    await database.collection("migrations").delete_many({})
    for name in ("sessions", "logins", "oauth_state", "service_keys"):
        await database.collection(name).insert({"_id": "planted"})
        await database.collection(name).insert({"_id": "proven", "proof": b"of a gateway"})
    await prepare(database)
    for name in ("sessions", "logins", "oauth_state"):
        assert [row["_id"] for row in await database.collection(name).find({})] == ["proven"]
    planted = await database.collection("service_keys").find_one({"_id": "planted"})
    assert planted is not None
    assert "proof" not in planted
