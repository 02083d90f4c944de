"""The indexes: uniqueness, expiry, and that each one is used."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import pytest
from pymongo import MongoClient

from gateway.errors import WriteConflict
from gateway.settings.environment import Driver
from gateway.store.connection import NOT_CHECKED
from gateway.store.indexes import (
    DONE_LIFETIME,
    HOOK_DUE,
    INDEXES,
    RENEWABLE,
    WAITING_EVENTS,
    create_indexes,
)
from gateway.store.mongo import Database, open_database
from gateway.store.sessions import IDLE
from tests.support.linking import at_once


def row(**facts: Any) -> dict[str, Any]:
    """The indexed fields of a connection."""
    name = secrets.token_hex(4)
    return {
        "_id": name,
        "tenant": "default",
        "owner": "user:alice",
        "connector": "google",
        "external_account_id": name,
        "slot": name,
        "is_default": False,
    } | facts


def existing(url: str, name: str) -> dict[str, dict[str, Any]]:
    """Collection -> index -> options, as the database has them."""
    with MongoClient[dict[str, Any]](url) as client:
        return {
            collection: dict(client[name][collection].index_information())
            for collection in client[name].list_collection_names()
        }


@pytest.mark.requirement("K4")
@pytest.mark.parametrize(
    "clash",
    [{"external_account_id": "acct"}, {"slot": ""}, {"is_default": True}],
    ids=["account", "slot", "default"],
)
async def test_no_race_makes_a_second_row(database: Database, clash: dict[str, Any]) -> None:
    """Of one account, of a connector's only account, of the default."""
    rows = database.collection("connections")

    results = await at_once(50, lambda _: rows.insert(row(**clash)))

    assert [type(result) for result in results].count(WriteConflict) == 49
    assert len(await rows.find({}, sort=[("_id", 1)])) == 1


@pytest.mark.parametrize("other", [{"tenant": "acme"}, {"owner": "user:bob"}, {"connector": "x"}])
async def test_uniqueness_holds_per_tenant_owner_and_connector(
    database: Database, other: dict[str, Any]
) -> None:
    rows = database.collection("connections")
    same = {"external_account_id": "acct", "slot": "", "is_default": True}

    await rows.insert(row(**same))
    await rows.insert(row(**same, **other))

    assert len(await rows.find({}, sort=[("_id", 1)])) == 2


async def test_creating_the_indexes_again_changes_nothing_and_loses_nothing(
    database: Database, mongodb_url: str, database_name: str, driver: Driver
) -> None:
    await database.collection("connections").insert(row())
    before = existing(mongodb_url, database_name)

    async with open_database(mongodb_url, database_name, driver) as again:
        results = await at_once(5, lambda _: create_indexes(again))

    assert results == [None] * 5
    assert existing(mongodb_url, database_name) == before
    # Others' collections, which no index was asked for, may have been used before.
    assert {name: set(found) - {"_id_"} for name, found in before.items() if len(found) > 1} == {
        name: {index.document["name"] for index in indexes} for name, indexes in INDEXES.items()
    }


@pytest.mark.requirement("E6", "L1")
async def test_expired_rows_are_removed_in_the_end(
    database: Database, mongodb_url: str, database_name: str
) -> None:
    """Flows stay an hour longer, so that a late callback is told what happened."""
    found = existing(mongodb_url, database_name)

    seconds = {
        (collection, name): options["expireAfterSeconds"]
        for collection, indexes in found.items()
        for name, options in indexes.items()
        if "expireAfterSeconds" in options
    }
    assert seconds == {
        ("oauth_state", "expiry"): timedelta(hours=1).total_seconds(),
        ("logins", "expiry"): 0,
        ("sign_outs", "expiry"): 0,
        ("audit", "expiry"): 0,
        ("budgets", "expiry"): 0,
        ("usage", "expiry"): 0,
        ("limits", "expiry"): 0,
        ("cool_downs", "expiry"): 0,
        ("idempotency", "expiry"): 0,
        ("approvals", "expiry"): 0,
        ("mcp_messages", "expiry"): 0,
        ("oauth_grants", "expiry"): 0,
        ("oauth_clients", "expiry"): 0,
        ("signing_keys", "expiry"): 0,
        ("sessions", "expiry"): 0,
        ("sessions", "idle"): IDLE.total_seconds(),
        ("deliveries", "expiry"): DONE_LIFETIME.total_seconds(),
    }


async def test_indexes_of_due_rows_hold_only_renewable_rows(
    database: Database, mongodb_url: str, database_name: str
) -> None:
    """They cost only the rows with a refresh token; test_renewal_queue.py shows their use."""
    found = existing(mongodb_url, database_name)["connections"]

    partial = {
        name: options["partialFilterExpression"]
        for name, options in found.items()
        if "partialFilterExpression" in options
    }
    assert partial == {
        "one_default": {"is_default": True},
        "expiring": RENEWABLE,
        "idle": RENEWABLE,
        "outbox": WAITING_EVENTS,
        "unchecked": {"status_reason": NOT_CHECKED},
        "hook_due": HOOK_DUE,
    }
    for name, field in (("expiring", "fresh_until"), ("idle", "issued_at")):
        assert [key for key, _ in found[name]["key"]] == ["connector", "status", field, "_id"]
