"""The database in memory answers as MongoDB does, or says that it does not know."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from bson import ObjectId

from gateway.errors import WriteConflict
from gateway.store.mongo import Collection, Database
from gateway.testing.key_observation import recorded_keys
from gateway.testing.key_subject import KeySubject
from gateway.testing.locate import find_contracts
from gateway.testing.memory import MemoryDatabase, NotInMemory
from gateway.testing.observation import recorded_wire
from gateway.testing.subject import Subject

THEN = datetime(2026, 11, 29, 12, 0, 0, 123456, tzinfo=UTC)
ROWS: list[dict[str, Any]] = [
    {"_id": "a", "tenant": "t", "n": 1, "at": THEN, "in": {"x": None, "y": True}, "list": ["p"]},
    {"_id": "b", "tenant": "t", "n": 2, "in": {"x": 5}, "list": []},
    {"_id": "c", "tenant": "u", "n": 2, "in": {}, "flag": False},
]


async def filled(database: Database, name: str = "nothing") -> Collection:
    rows = database.collection(name)
    for row in ROWS:
        await rows.insert({**row})
    return rows


QUERIES: tuple[dict[str, Any], ...] = (
    {},
    {"tenant": "t"},
    {"in.x": None},
    {"in.x": 5},
    {"in.y": 1},
    {"n": True},
    {"flag": False},
    {"list": "p"},
    {"list": ["p"]},
    {"list": []},
    {"missing": None},
    {"n": {"$gt": 1}},
    {"n": {"$gte": 1, "$lt": 2}},
    {"n": {"$lte": 1}},
    {"in.x": {"$gt": 1}},
    {"at": {"$gt": datetime(2026, 11, 29, tzinfo=UTC)}},
    {"_id": {"$ne": "a"}},
    {"in.x": {"$ne": None}},
    {"in.x": {"$in": [None, 5]}},
    {"n": {"$in": [1, 3]}},
    {"$expr": {"$eq": ["$in.x", 5]}},
    {"$expr": {"$eq": [{"$ifNull": ["$in.x", None]}, None]}},
    {"$expr": {"$and": [{"$lte": [{"$ifNull": ["$at", "$$NOW"]}, "$$NOW"]}, "$n"]}},
    {"$expr": {"$or": ["$flag", "$in.y", "$missing"]}},
)

UPDATES: tuple[Any, ...] = (
    {"$set": {"n": 7, "in.z": ("tuple", THEN), "new.deep": None}},
    {"$push": {"list": {"k": 1}}},
    {"$set": {"n": 7}, "$push": {"fresh": 1}},
    [{"$set": {"n": {"$add": ["$n", 2]}, "later": {"$add": ["$at", 1500]}}}],
    [{"$set": {"in": {"x": "$n", "w": {"$literal": "$n"}, "gone": "$missing"}}}],
    [{"$set": {"list": {"$concatArrays": [{"$ifNull": ["$list", []]}, {"$literal": [1]}]}}}],
    [{"$set": {"n": {"$ifNull": ["$missing", "$in.x", 0]}, "copy": "$in"}}],
)


@pytest.mark.parametrize("query", QUERIES, ids=str)
async def test_the_same_rows_match(query: dict[str, Any], workplace: Database) -> None:
    found = []
    for database in (workplace, MemoryDatabase()):
        rows = await filled(database)
        matches = await rows.find(query, sort=[("_id", 1)])
        assert await rows.count(query) == len(matches)
        assert await rows.find_one(query, sort=[("_id", 1)]) == next(iter(matches), None)
        found.append(matches)
    assert found[0] == found[1]


@pytest.mark.parametrize("update", UPDATES, ids=str)
async def test_updates_leave_the_same_row(update: Any, workplace: Database) -> None:
    found = []
    for database in (workplace, MemoryDatabase()):
        rows = await filled(database)
        before = await rows.find_one_and_update({"_id": "a"}, update, after=False)
        assert await rows.update_one({"_id": "none"}, update) is False
        found.append([before, *await rows.find({}, sort=[("n", -1), ("_id", 1)])])
    assert found[0] == found[1]


Step = Callable[[Database], Awaitable[Any]]


async def _upsert(database: Database) -> Any:
    rows = database.collection("nothing")
    for number in (1, 2):
        update = {"$setOnInsert": {"first": number}, "$set": {"last": number}}
        await rows.update_one({"_id": "x", "tenant": "t"}, update, upsert=True)
    return await rows.find({})


async def _projected(database: Database) -> Any:
    rows = await filled(database)
    return [
        await rows.find({}, sort=[("_id", -1)], limit=2, projection={"in": 1}),
        await rows.find_one({"_id": "a"}, projection={"row": "$$ROOT", "_id": True}),
    ]


async def _deleted(database: Database) -> Any:
    rows = await filled(database)
    taken = await rows.find_one_and_delete({"tenant": "u"})
    none = await rows.find_one_and_delete({"tenant": "u"})
    return [taken, none, await rows.delete_many({"tenant": "t"}), await rows.find({})]


async def _taken_back(database: Database) -> Any:
    rows = await filled(database)

    async def fail() -> None:
        async with rows.transaction() as transaction:
            await rows.update_one({"_id": "a"}, {"$set": {"n": 9}}, transaction=transaction)
            await rows.find_one_and_delete({"_id": "b"}, transaction=transaction)
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    async with rows.transaction() as transaction:
        await rows.update_one({"_id": "c"}, {"$set": {"n": 8}}, transaction=transaction)
    return await rows.find({}, sort=[("_id", 1)])


async def _missing_inserted(database: Database) -> Any:
    rows = await filled(database)
    await rows.insert_missing([{"_id": "a", "n": 5}, {"_id": "d", "n": 5}])
    return await rows.find({}, sort=[("_id", 1)])


@pytest.mark.parametrize("step", [_upsert, _projected, _deleted, _taken_back, _missing_inserted])
async def test_steps_end_the_same(step: Step, workplace: Database) -> None:
    assert await step(workplace) == await step(MemoryDatabase())


def account(slot: str, *, is_default: bool) -> dict[str, Any]:
    owner = {"tenant": "t", "owner": "u", "connector": "c"}
    return {**owner, "external_account_id": slot, "slot": slot, "is_default": is_default}


@pytest.mark.parametrize(
    ("row", "conflicts"),
    [
        (account("1", is_default=False), True),
        (account("2", is_default=True), True),
        (account("2", is_default=False), False),
        ({"_id": "first"}, True),
    ],
)
async def test_unique_indexes_refuse_the_same_rows(
    row: dict[str, Any], conflicts: bool, workplace: Database
) -> None:
    for database in (workplace, MemoryDatabase()):
        rows = database.collection("connections")
        await rows.insert({"_id": "first", **account("1", is_default=True)})
        if conflicts:
            with pytest.raises(WriteConflict):
                await rows.insert({**row})
        else:
            await rows.insert({**row})
            with pytest.raises(WriteConflict):
                await rows.update_one({"_id": "first"}, {"$set": {"slot": row["slot"]}})
        assert await rows.count({}) == 2 - conflicts


async def test_a_reader_has_a_copy_of_its_own_and_a_row_gets_an_id() -> None:
    rows = MemoryDatabase().collection("nothing")
    await rows.insert(given := {"in": {"x": 1}})
    assert isinstance(given["_id"], ObjectId)
    (found,) = await rows.find({})
    found["in"]["x"] = given["in"]["x"] = 2
    assert await rows.count({"in.x": 1}) == 1


async def test_databases_have_nothing_to_do_with_each_other() -> None:
    database = MemoryDatabase()
    await filled(database)
    assert await database.apart().collection("nothing").find({}) == []
    await database.ping()
    assert (datetime.now(UTC) - await database.now()).total_seconds() < 60


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("find", [{"n": {"$regex": "x"}}]),
        ("find", [{"$or": []}]),
        ("find", [{"list.x": 1}]),
        ("find", [{"$expr": {"$gt": ["$missing", 1]}}]),
        ("find", [{"$expr": {"$size": ["$n"]}}]),
        ("find", [{"$expr": {"$eq": ["$$CLUSTER_TIME", 1]}}]),
        ("update_one", [{"_id": "a"}, {"$rename": {"n": "m"}}]),
        ("update_one", [{"_id": "a"}, {"$set": {"n.x": 1}}]),
        ("update_one", [{"_id": "a"}, [{"$unset": {"n": 1}}]]),
        ("update_many", [{}, {"$set": {"n": 1}}]),
        ("aggregate", [[]]),
        ("distinct", ["n"]),
    ],
)
async def test_an_unknown_operation_is_an_error(operation: str, arguments: list[Any]) -> None:
    rows = await filled(MemoryDatabase())
    with pytest.raises(NotInMemory):
        await getattr(rows, operation)(*arguments)


async def test_a_projection_of_a_part_and_an_upsert_by_a_condition_are_unknown() -> None:
    rows = await filled(MemoryDatabase())
    for projection in ({"n": 0}, {"in.x": 1}):
        with pytest.raises(NotInMemory):
            await rows.find({}, projection=projection)
    with pytest.raises(NotInMemory):
        await rows.update_one({"m": {"$gt": 1}}, {"$set": {"n": 1}}, upsert=True)


@pytest.mark.parametrize("name", ["airtable", "shopify", "x"])
async def test_a_connector_is_seen_the_same_on_either(name: str, workplace: Database) -> None:
    subject = find_contracts(name)[0].subject()
    assert isinstance(subject, Subject)
    # A copy, as what was seen of a subject is remembered.
    seen = [await recorded_wire(replace(subject), on) for on in (workplace, MemoryDatabase())]
    assert seen[0] == seen[1]
    assert seen[0]["token"]["status"] == "active"


@pytest.mark.parametrize("name", ["serpapi", "bluesky", "datadog"])
async def test_a_key_is_seen_the_same_on_either(name: str, workplace: Database) -> None:
    subject = find_contracts(name)[0].subject()
    assert isinstance(subject, KeySubject)
    seen = [await recorded_keys(subject, on) for on in (workplace, MemoryDatabase())]
    assert seen[0] == seen[1]
    assert seen[0]["a right key"]["connection"]["status"] == "active"
