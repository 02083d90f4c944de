"""The default account: its choice, and that races leave exactly one."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from pymongo import MongoClient

from gateway.store.connection import Connection, SealedTokens
from gateway.store.connections import ConnectionStore
from gateway.store.mongo import Database
from tests.support.linking import NOW, at_once, linked, new_connection, save, sealed_tokens

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def store(database: Database) -> ConnectionStore:
    return ConnectionStore(database)


async def defaults(store: ConnectionStore, user: str = "alice") -> list[str]:
    """The ids of the connections that are marked as default."""
    return [row.id for row in await store.list_for("default", f"user:{user}") if row.is_default]


async def chosen(store: ConnectionStore) -> Connection:
    """The connection that is used when no account is named."""
    found = await store.find_account("default", "user:alice", "google", None)
    assert found is not None
    return found


async def test_the_first_account_is_the_default_and_later_ones_are_not(
    store: ConnectionStore,
) -> None:
    first = await linked(store, "acct-1")
    second = await linked(store, "acct-2")
    elsewhere = await linked(store, "acct-1", connector="notion")

    assert (first.is_default, second.is_default, elsewhere.is_default) == (True, False, True)
    assert (await chosen(store)).id == first.id


@pytest.mark.requirement("K4")
async def test_of_fifty_first_accounts_at_once_one_is_the_default(store: ConnectionStore) -> None:
    """One default per user and connector."""
    saved = await at_once(50, lambda n: linked(store, f"acct-{n}"))

    rows = await store.list_for("default", "user:alice")
    assert len(rows) == 50
    assert {row.id for row in rows} == {row.id for row in saved if isinstance(row, Connection)}
    assert len(await defaults(store)) == 1


async def test_choosing_a_default_changes_it_for_this_user_and_connector_only(
    store: ConnectionStore,
) -> None:
    await linked(store, "acct-1")
    second = await linked(store, "acct-2")
    bobs = await linked(store, "acct-1", user="bob")
    notion = await linked(store, "acct-1", connector="notion")

    await store.set_default(second, LATER)

    assert await defaults(store) == [second.id, notion.id]
    assert await defaults(store, "bob") == [bobs.id]
    assert (await chosen(store)).updated_at == LATER


async def test_choosing_the_default_again_keeps_it(store: ConnectionStore) -> None:
    first = await linked(store, "acct-1")
    await linked(store, "acct-2")

    await store.set_default(first, LATER)

    assert await defaults(store) == [first.id]


@pytest.mark.requirement("K4")
async def test_fifty_choices_at_once_leave_one_default(store: ConnectionStore) -> None:
    rows = [await linked(store, f"acct-{n}") for n in range(5)]

    results = await at_once(50, lambda n: store.set_default(rows[n % 5], NOW))

    assert results == [None] * 50
    assert len(await defaults(store)) == 1


async def test_reader_never_gets_a_third_account_while_the_default_changes(
    store: ConnectionStore,
) -> None:
    """A reader sees the old choice or the new one; the oldest account was neither."""
    oldest = await linked(store, "acct-0", now=NOW - timedelta(days=1))
    pair = [await linked(store, "acct-1"), await linked(store, "acct-2")]
    await store.set_default(pair[0], NOW)
    seen: set[str] = set()
    done = asyncio.Event()

    async def read() -> None:
        while not done.is_set():
            seen.add((await chosen(store)).id)

    async def choose() -> None:
        for number in range(100):
            await store.set_default(pair[number % 2], NOW)
        done.set()

    await asyncio.gather(read(), read(), choose())

    assert seen <= {row.id for row in pair}
    assert oldest.id not in seen


async def test_choosing_a_connection_that_is_gone_keeps_the_default(store: ConnectionStore) -> None:
    await linked(store, "acct-0", now=NOW - timedelta(days=1))
    default = await linked(store, "acct-1")
    gone = await linked(store, "acct-2")
    await store.set_default(default, NOW)
    await store.delete(gone, NOW)

    await store.set_default(gone, LATER)

    assert await defaults(store) == [default.id]


async def test_reconnecting_keeps_the_choice(store: ConnectionStore) -> None:
    first = await linked(store, "acct-1")
    second = await linked(store, "acct-2")
    await store.set_default(second, NOW)

    again = [await linked(store, "acct-1"), await linked(store, "acct-2")]

    assert [row.is_default for row in again] == [False, True]
    assert [row.id for row in again] == [first.id, second.id]


async def test_deleting_the_default_makes_the_oldest_one_the_default(
    store: ConnectionStore,
) -> None:
    default = await linked(store, "acct-0", now=NOW)
    await linked(store, "acct-2", now=NOW + timedelta(days=2))
    oldest = await linked(store, "acct-1", now=NOW + timedelta(days=1))
    await linked(store, "acct-3", now=NOW, connector="notion")

    await store.delete(default, LATER)

    assert (await chosen(store)).id == oldest.id
    assert oldest.id in await defaults(store)


async def test_deleting_another_account_keeps_the_default(store: ConnectionStore) -> None:
    oldest = await linked(store, "acct-0", now=NOW - timedelta(days=1))
    default = await linked(store, "acct-1")
    await store.set_default(default, NOW)

    await store.delete(oldest, LATER)

    assert await defaults(store) == [default.id]


async def test_deleting_the_last_account_leaves_nothing(store: ConnectionStore) -> None:
    only = await linked(store)

    await store.delete(only, NOW)

    assert await store.find_account("default", "user:alice", "google", None) is None
    assert (await linked(store, "acct-2")).is_default


@pytest.mark.requirement("D3")
async def test_deletions_and_choices_at_once_leave_one_default(store: ConnectionStore) -> None:
    """In any order, one of the remaining accounts is the default."""
    rows = [await linked(store, f"acct-{n}") for n in range(20)]

    async def act(number: int) -> None:
        if number % 2:
            await store.delete(rows[number], NOW)
        else:
            await store.set_default(rows[number], NOW)

    results = await at_once(20, act)

    assert results == [None] * 20
    left = await store.list_for("default", "user:alice")
    assert {row.id for row in left} == {row.id for row in rows[::2]}
    assert len(await defaults(store)) == 1


@pytest.mark.requirement("D3")
async def test_an_account_that_is_linked_while_the_default_is_deleted_becomes_the_default(
    store: ConnectionStore, mongodb_url: str, database_name: str
) -> None:
    """The flow saw a default, the deletion saw no other account; the mark is not lost."""
    default = await linked(store, "acct-1")

    def seal(row: str, generation: int) -> SealedTokens:
        with MongoClient[dict[str, Any]](mongodb_url) as client:  # after the look, before the write
            client[database_name]["connections"].delete_one({"_id": default.id})
        return sealed_tokens("flow")

    saved = await save(store, new_connection("acct-2"), seal, NOW)

    assert saved.is_default
    assert await store.list_for("default", "user:alice") == [saved]
