"""Rows of each method: earlier releases' rows, replaced credentials, and keys to be checked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.errors import AccountMismatch, ConnectionNotFound
from gateway.store.connection import NOT_CHECKED, Connection, Method, Status
from gateway.store.connections import ConnectionStore, NewConnection
from gateway.store.migrations import prepare
from gateway.store.mongo import Database
from gateway.store.refresh_leases import RefreshLeases
from gateway.store.renewal_queue import RenewalQueue
from tests.support.linking import NOW, linked, new_connection, save, sealed_tokens, sealing

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def store(database: Database) -> ConnectionStore:
    return ConnectionStore(database)


def new_key(account: str, **facts: Any) -> NewConnection:
    """An API key that could not be checked."""
    return replace(
        new_connection(account, **facts), method=Method.API_KEY, status_reason=NOT_CHECKED
    )


async def stored_key(store: ConnectionStore, account: str) -> Connection:
    return await save(store, new_key(account), sealing("key"))


async def swap(store: ConnectionStore, old: Connection, account: str) -> Connection | None:
    target = await store.target_of(new_key(account), old.id)
    return await store.save(target, sealed_tokens("new key"), LATER)


async def test_connections_of_an_earlier_release_are_of_oauth(
    store: ConnectionStore, database: Database
) -> None:
    """Also one that a process of that release writes after the migration."""
    rows, connection = database.collection("connections"), await linked(store)
    await database.collection("migrations").delete_many({})
    await rows.update_one({"_id": connection.id}, {"$unset": {"method": ""}})
    assert await store.get("default", connection.id) == connection

    await prepare(database)
    row = await rows.find_one({"_id": connection.id})
    assert row is not None
    assert (row["method"], row["schema"]) == ("oauth2", 1)
    assert await store.get("default", connection.id) == connection


async def test_an_earlier_release_leaves_a_pasted_key_alone(
    store: ConnectionStore, database: Database
) -> None:
    """It knows rows of version 1, and would send the key as a bearer token."""
    connection = await stored_key(store, "key-1")
    row = await database.collection("connections").find_one({"_id": connection.id})
    assert row is not None
    assert (row["method"], row["schema"]) == ("api_key", 2)


async def test_a_replaced_key_keeps_its_row_and_gets_the_identity_of_the_new_one(
    store: ConnectionStore,
) -> None:
    old = await stored_key(store, "key-1")
    new = await swap(store, old, "key-2")
    assert new is not None
    assert (new.id, new.generation, new.external_account_id) == (old.id, 2, "key-2")
    assert await swap(store, old, "key-1") is not None  # the old identity is free again


async def test_a_replacement_never_takes_the_identity_of_another_connection(
    store: ConnectionStore,
) -> None:
    old, other = await stored_key(store, "key-1"), await stored_key(store, "key-2")
    with pytest.raises(AccountMismatch):
        await swap(store, old, "key-2")
    assert await store.list_for("default", "user:alice") == [old, other]


@pytest.mark.parametrize("foreign", [{"user": "bob"}, {"tenant": "acme"}, {"connector": "notion"}])
async def test_a_replacement_finds_no_row_of_another_owner(
    store: ConnectionStore, foreign: dict[str, Any]
) -> None:
    old = await stored_key(store, "key-1")
    with pytest.raises(ConnectionNotFound):
        await store.target_of(new_key("key-2", **foreign), old.id)


async def test_a_key_is_due_for_a_check_until_its_provider_accepts_it(
    store: ConnectionStore, database: Database
) -> None:
    queue, leases = RenewalQueue(database), RefreshLeases(database)
    first, second = await stored_key(store, "key-1"), await stored_key(store, "key-2")
    await linked(store, "acct-1")
    assert (first.status, first.status_reason, first.failing_since) == (
        Status.ACTIVE,
        NOT_CHECKED,
        NOW,
    )
    both = sorted([first, second], key=lambda each: each.id)
    assert await queue.unchecked("google", 10) == both
    assert await queue.unchecked("google", 10, after=both[0]) == both[1:]
    assert await queue.unchecked("notion", 10) == []

    lease = await leases.claim(first)
    assert lease is not None
    assert await queue.unchecked("google", 10) == [second]  # one process checks a key at a time
    assert await leases.confirm(lease, 10.0, LATER)
    assert await leases.confirm(lease, 10.0, LATER), "a repeated write recognises itself"
    checked = await store.get("default", first.id)
    assert checked is not None
    assert (checked.status_reason, checked.failing_since, checked.generation) == (None, None, 1)
    assert await queue.unchecked("google", 10) == [second]
    assert await leases.claim(checked) is None, "it rests after a check"


async def test_a_refused_key_that_its_provider_accepts_again_is_reported_once(
    store: ConnectionStore, database: Database
) -> None:
    leases, key = RefreshLeases(database), await stored_key(store, "key-1")
    lease = await leases.claim(key)
    assert lease is not None
    assert await leases.give_up(lease, "key_refused", NOW)
    refused = await store.get("default", key.id)
    assert refused is not None
    again = await leases.claim(refused)
    assert again is not None
    assert [await leases.confirm(again, 0.0, LATER) for _ in range(2)] == [True, True]
    row = await database.collection("connections").find_one({"_id": key.id})
    assert row is not None
    assert (row["status"], row["status_reason"], row["status_since"]) == ("active", None, LATER)
    assert [(event["type"], event["status"], event["reason"]) for event in row["outbox"]] == [
        ("connection.created", "active", None),
        ("connection.needs_reauth", "needs_reauth", "key_refused"),
        ("connection.recovered", "active", None),
    ]
