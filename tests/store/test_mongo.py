"""Both drivers behind one interface, with a slow, missing or misnamed MongoDB."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from dataclasses import dataclass
from typing import Any

import pytest
from pymongo import ReadPreference

from gateway.errors import SettingsError, StoreUnavailable, WriteConflict
from gateway.server.run import free_port
from gateway.settings.environment import Driver
from gateway.store import mongo
from gateway.store.connections import ConnectionStore
from gateway.store.mongo import Database, open_database
from tests.support.linking import linked

PASSWORD = "a-password-that-nobody-may-see"


@dataclass(frozen=True)
class Refusal:
    """An error's visible facts. The error itself would keep the driver's client alive."""

    text: str
    cause_is_shown: bool
    seconds: float


async def refusal(driver: Driver, port: int) -> Refusal:
    """The error of a write to a database that is away, and after how many seconds it came."""
    url = f"mongodb://admin:{PASSWORD}@127.0.0.1:{port}/?authSource=admin"
    async with open_database(url, "gateway", driver) as database:
        started = time.monotonic()
        with pytest.raises(StoreUnavailable) as caught:
            await linked(ConnectionStore(database), "an-account-in-the-document")
        seconds = time.monotonic() - started
    error = caught.value
    shown = error.__cause__ is not None or not error.__suppress_context__
    return Refusal(str(error), shown, seconds)


# PyMongo's asyncio client forgets a socket that is just connecting when the client is closed. It
# is collected here, where that is no failure, and not in whichever test comes next.
@pytest.mark.requirement("J1", "K3")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_database_that_is_away_costs_seconds_and_its_error_tells_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Neither address, password nor document, and not the drivers' default of 30 s."""
    caplog.set_level(logging.INFO)
    port = free_port()

    refusals = await asyncio.gather(*(refusal(driver, port) for driver in Driver))
    await asyncio.sleep(0)  # lets what was cancelled end
    gc.collect()

    for refused in refusals:
        assert refused.text == "the database does not answer (ServerSelectionTimeoutError)"
        assert not refused.cause_is_shown
        assert refused.seconds < 20
    assert len(refusals) == 2
    assert PASSWORD not in caplog.text


@pytest.mark.requirement("J1")
@pytest.mark.parametrize(
    "url",
    [
        f"postgres://admin:{PASSWORD}@localhost/db",
        f"mongodb://admin:{PASSWORD}@",
        f"mongodb://admin:{PASSWORD}%zz@localhost",
        f"mongodb://admin:{PASSWORD}@localhost:port",
        f"mongodb://admin:{PASSWORD}@localhost:99999",
        f"mongodb://admin:{PASSWORD}@localhost/a/b:c@d",
        "",
    ],
)
async def test_a_wrong_connection_string_is_named_and_not_shown(url: str, driver: Driver) -> None:
    """M4, J1: the drivers quote the URL, which holds the password."""
    with pytest.raises(SettingsError) as caught:
        async with open_database(url, "gateway", driver):
            pass

    assert str(caught.value) == "GATEWAY_MONGODB_URL is not a MongoDB connection string"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


async def test_the_database_answers_a_ping(database: Database) -> None:
    await database.ping()


async def test_a_write_conflict_says_nothing_of_the_document(database: Database) -> None:
    rows = database.collection("service_keys")
    await rows.insert({"_id": "k1"})

    with pytest.raises(WriteConflict) as caught:
        await rows.insert({"_id": "k1", "secret_hash": PASSWORD})

    assert PASSWORD not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.requirement("J1")
async def test_an_operation_that_mongodb_refuses_does_not_quote_it(database: Database) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        await database.collection("sessions").update_one({}, {"$no_such": {"field": PASSWORD}})

    assert str(caught.value) == "the database does not answer (WriteError)"


@pytest.mark.requirement("K2")
async def test_writes_are_acknowledged_by_a_majority_and_journalled_and_reads_are_from_the_primary(
    database: Database,
) -> None:
    handle = database.collection("connections")._handle

    assert handle.write_concern.document == {"w": "majority", "j": True, "wtimeout": 5000}
    assert handle.read_preference == ReadPreference.PRIMARY


async def test_the_writes_of_a_transaction_come_together_or_not_at_all(database: Database) -> None:
    rows = database.collection("sessions")
    await rows.insert({"_id": "s1", "seen": 0})
    await rows.insert({"_id": "s2", "seen": 0})

    async with rows.transaction() as both:
        for name in ("s1", "s2"):
            await rows.update_one({"_id": name}, {"$set": {"seen": 1}}, transaction=both)
        outside = await rows.find({}, sort=[("_id", 1)])
        assert [row["seen"] for row in outside] == [0, 0]
    assert [row["seen"] for row in await rows.find({}, sort=[("_id", 1)])] == [1, 1]

    async def fail() -> None:
        async with rows.transaction() as both:
            await rows.update_many({}, {"$set": {"seen": 2}}, transaction=both)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert [row["seen"] for row in await rows.find({}, sort=[("_id", 1)])] == [1, 1]


async def test_of_two_transactions_on_one_row_the_second_has_to_begin_again(
    database: Database,
) -> None:
    rows = database.collection("sessions")
    await rows.insert({"_id": "s1", "seen": 0})

    async with rows.transaction() as first:
        await rows.update_one({"_id": "s1"}, {"$inc": {"seen": 1}}, transaction=first)
        with pytest.raises(WriteConflict):
            async with rows.transaction() as second:
                await rows.update_one({"_id": "s1"}, {"$inc": {"seen": 1}}, transaction=second)

    assert (await rows.find_one({"_id": "s1"}) or {})["seen"] == 1


async def test_a_transaction_is_done_again_until_the_other_one_is_over(database: Database) -> None:
    rows = database.collection("sessions")
    await rows.insert({"_id": "s1", "seen": 0})
    begun, attempts = asyncio.Event(), 0

    async def count(transaction: Any) -> str:
        nonlocal attempts
        attempts += 1
        if attempts == 3:
            begun.set()
        await rows.update_one({"_id": "s1"}, {"$inc": {"seen": 1}}, transaction=transaction)
        return "done"

    async with rows.transaction() as first:
        await rows.update_one({"_id": "s1"}, {"$inc": {"seen": 10}}, transaction=first)
        second = asyncio.create_task(rows.transact(count))
        await begun.wait()

    assert await second == "done"
    assert (await rows.find_one({"_id": "s1"}) or {})["seen"] == 11


@pytest.mark.requirement("K3")
async def test_rows_that_a_dead_process_holds_are_told_of_and_not_asked_for_ever(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MongoDB lets go of them after a minute."""
    monkeypatch.setattr(mongo, "LONGEST_SECONDS", 0.3)
    rows = database.collection("sessions")
    await rows.insert({"_id": "s1", "seen": 0})

    async def count(transaction: Any) -> None:
        await rows.update_one({"_id": "s1"}, {"$inc": {"seen": 1}}, transaction=transaction)

    async with rows.transaction() as left_open:
        await rows.update_one({"_id": "s1"}, {"$inc": {"seen": 1}}, transaction=left_open)
        with pytest.raises(StoreUnavailable, match="another transaction"):
            await rows.transact(count)
