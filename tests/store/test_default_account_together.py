"""Simultaneous look-ups of default accounts: one request, and no mix-up."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from pymongo import MongoClient

from gateway.errors import NewerRow
from gateway.store.connection import Connection
from gateway.store.connections import ConnectionStore
from gateway.store.mongo import Database
from tests.support.linking import NOW, linked
from tests.support.profile import profiling

Client = MongoClient[dict[str, Any]]
Place = tuple[str, str, str]


@pytest.fixture
def store(database: Database) -> ConnectionStore:
    return ConnectionStore(database)


async def found(store: ConnectionStore, *places: Place) -> list[Connection | None]:
    """The default accounts of tenants, users and connectors, looked up simultaneously."""
    return await asyncio.gather(
        *(
            store.find_account(tenant, f"user:{user}", connector, None)
            for tenant, user, connector in places
        )
    )


@pytest.mark.requirement("F1")
async def test_each_of_many_gets_the_default_of_its_own_place(store: ConnectionStore) -> None:
    """One request for many mixes up neither tenants, users nor connectors."""
    places: list[Place] = [
        (tenant, user, connector)
        for tenant in ("default", "acme")
        for user in ("alice", "bob")
        for connector in ("google", "notion")
    ]
    mine = {}
    for tenant, user, connector in places:
        facts: dict[str, Any] = {"tenant": tenant, "user": user, "connector": connector}
        await linked(store, "acct-1", **facts)
        mine[tenant, user, connector] = await linked(store, "acct-2", **facts)
        await store.set_default(mine[tenant, user, connector], NOW)
    strangers: list[Place] = [
        ("acme", "carol", "google"),
        ("other", "alice", "google"),
        ("acme", "alice", "slack"),
    ]

    answers = await found(store, *places, *strangers, *places)

    assert [each and each.id for each in answers] == [
        *(mine[place].id for place in places),
        *[None] * len(strangers),
        *(mine[place].id for place in places),
    ]


async def test_where_none_is_marked_the_oldest_is_found_among_others(
    store: ConnectionStore, mongodb_client: Client, database_name: str
) -> None:
    await linked(store, "acct-1", now=NOW)
    oldest = await linked(store, "acct-2", now=NOW - timedelta(days=1))
    bobs = await linked(store, "acct-1", user="bob")
    rows = mongodb_client[database_name]["connections"]
    rows.update_many({"owner": "user:alice"}, {"$set": {"is_default": False}})

    alice, bob = await found(store, ("default", "alice", "google"), ("default", "bob", "google"))

    assert (alice and alice.id, bob and bob.id) == (oldest.id, bobs.id)


@pytest.mark.requirement("K5")
async def test_a_row_that_cannot_be_read_is_its_own_users_trouble_only(
    store: ConnectionStore, mongodb_client: Client, database_name: str
) -> None:
    await linked(store, "acct-1")
    bobs = await linked(store, "acct-1", user="bob")
    rows = mongodb_client[database_name]["connections"]
    rows.update_one({"owner": "user:alice"}, {"$set": {"schema": 99}})

    alice, bob = await asyncio.gather(
        *(
            store.find_account("default", f"user:{user}", "google", None)
            for user in ("alice", "bob")
        ),
        return_exceptions=True,
    )

    assert isinstance(alice, NewerRow)
    assert bob == bobs


async def test_one_request_finds_many_by_one_index_and_looks_at_no_other_row(
    store: ConnectionStore, mongodb_url: str, mongodb_client: Client, database_name: str
) -> None:
    users = [f"user-{number}" for number in range(60)]
    for user in users:
        await linked(store, "acct-1", user=user)
        await linked(store, "acct-2", user=user)

    async with profiling(mongodb_url, database_name):
        answers = await found(store, *(("default", user, "google") for user in users))
        seen = list(
            mongodb_client[database_name]["system.profile"].find({"command.find": "connections"})
        )

    assert [each and each.user for each in answers] == users
    (request,) = seen
    assert request["planSummary"].startswith("IXSCAN { tenant: 1, owner: 1, connector: 1 }")
    # The query names the index: MongoDB might remember another plan.
    assert request["command"]["hint"] == "one_default"
    assert request["docsExamined"] == request["nreturned"] == len(users)
    assert not request.get("hasSortStage", False)
    assert request["cursorExhausted"]  # nothing is left to be fetched in a second request
