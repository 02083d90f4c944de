"""Linked accounts: one row per account under concurrent flows, and a row's whole life."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.errors import AccountMismatch
from gateway.store.connection import Connection, Method, SealedTokens, Status
from gateway.store.connections import ConnectionStore
from gateway.store.mongo import Database
from gateway.store.refresh_leases import RefreshLeases
from tests.support.linking import NOW, at_once, linked, new_connection, save, sealed_tokens

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def store(database: Database) -> ConnectionStore:
    return ConnectionStore(database)


async def test_a_saved_account_reads_back_as_it_was_saved(store: ConnectionStore) -> None:
    saved = await linked(store, "acct-1", label="Ana", metadata={"$where": {"a.b": ["\0", None]}})

    assert await store.get("default", saved.id) == saved
    assert saved == Connection(
        id=saved.id,
        tenant="default",
        owner="user:alice",
        connector="google",
        method=Method.OAUTH2,
        external_account_id="acct-1",
        account_label="Ana",
        metadata={"$where": {"a.b": ["\0", None]}},  # C6: hostile keys are data
        connection_config={"shop": "acme"},
        environment="",
        requested_scopes=("read", "write"),
        granted_scopes=("read", "write"),
        status=Status.ACTIVE,
        status_reason=None,
        status_since=NOW,
        failing_since=None,
        is_default=True,
        tokens=sealed_tokens(f"flow for {saved.id} generation 1"),
        generation=1,
        lease_owner=None,
        created_at=NOW,
        updated_at=NOW,
        last_used_at=None,
    )
    assert saved.user == "alice"


@pytest.mark.requirement("K4")
async def test_fifty_flows_for_one_account_that_finish_at_once_make_one_row(
    store: ConnectionStore,
) -> None:
    """The unique index settles the race, and no caller sees an error."""
    saved = await at_once(50, lambda n: linked(store, text=f"flow {n}"))

    rows = await store.list_for("default", "user:alice")
    assert len(rows) == 1
    generations = {c.generation for c in saved if isinstance(c, Connection) and c.id == rows[0].id}
    assert generations == set(range(1, 51))
    # The row holds the tokens of the last flow, sealed for this row and generation.
    assert rows[0].generation == 50
    assert rows[0] in saved
    assert rows[0].tokens.access_token.endswith(f"for {rows[0].id} generation 50".encode())


async def test_reconnecting_an_account_makes_a_new_generation_of_its_row(
    store: ConnectionStore,
) -> None:
    first = await linked(store, "acct-1", label="Ana", text="first")
    await store.touch(first, NOW)

    second = await linked(
        store,
        "acct-1",
        label="Ana Diaz",
        text="second",
        now=LATER,
        status=Status.NEEDS_SCOPES,
        metadata={"plan": "pro"},
    )

    assert second == replace(
        first,
        account_label="Ana Diaz",
        metadata={"plan": "pro"},
        status=Status.NEEDS_SCOPES,
        tokens=sealed_tokens(f"second for {first.id} generation 2"),
        generation=2,
        grant=2,
        status_since=LATER,
        updated_at=LATER,
        last_used_at=NOW,
    )
    assert await store.list_for("default", "user:alice") == [second]


async def test_reconnecting_heals_a_connection_that_needed_its_user(
    database: Database, store: ConnectionStore
) -> None:
    first = await linked(store)
    refreshes = RefreshLeases(database)
    lease = await refreshes.claim(first)
    assert lease is not None
    await refreshes.give_up(lease, "invalid_grant", NOW)

    healed = await linked(store, now=LATER)

    assert (healed.status, healed.status_reason) == (Status.ACTIVE, None)
    assert await refreshes.claim(healed) is not None


@pytest.mark.requirement("A15")
async def test_another_account_of_the_same_user_gets_a_row_of_its_own(
    store: ConnectionStore,
) -> None:
    """Connecting account B never overwrites account A."""
    first = await linked(store, "acct-1")
    second = await linked(store, "acct-2")

    assert second.id != first.id
    assert await store.get("default", first.id) == first


@pytest.mark.requirement("A15")
async def test_a_connector_that_takes_one_account_keeps_it_and_refuses_another(
    store: ConnectionStore,
) -> None:
    first = await linked(store, "acct-1", several=False)
    with pytest.raises(AccountMismatch):
        await linked(store, "acct-2", several=False)
    assert await store.list_for("default", "user:alice") == [first]

    again = await linked(store, "acct-1", several=False)
    assert (again.id, again.generation) == (first.id, 2)

    await store.delete(again, NOW)
    assert (await linked(store, "acct-2", several=False)).external_account_id == "acct-2"


@pytest.mark.requirement("K4")
async def test_of_fifty_accounts_at_once_a_connector_that_takes_one_gets_one(
    store: ConnectionStore,
) -> None:
    saved = await at_once(50, lambda n: linked(store, f"acct-{n}", several=False))

    assert [type(result) for result in saved].count(AccountMismatch) == 49
    rows = await store.list_for("default", "user:alice")
    assert [row for row in saved if isinstance(row, Connection)] == rows
    assert rows[0].generation == 1


async def test_accounts_stay_when_a_connector_begins_to_take_several(
    store: ConnectionStore,
) -> None:
    old = await linked(store, "acct-1", several=False)

    again = await linked(store, "acct-1", several=True)
    other = await linked(store, "acct-2", several=True)

    assert again.id == old.id
    assert await store.list_for("default", "user:alice") == [again, other]


async def test_accounts_stay_when_a_connector_begins_to_take_one_only(
    store: ConnectionStore,
) -> None:
    first = await linked(store, "acct-1", several=True)
    second = await linked(store, "acct-2", several=True)

    with pytest.raises(AccountMismatch):
        await linked(store, "acct-3", several=False)
    again = await linked(store, "acct-2", several=False)

    assert again.id == second.id
    assert await store.list_for("default", "user:alice") == [first, again]


async def test_the_same_account_may_be_linked_by_several_users_tenants_and_connectors(
    store: ConnectionStore,
) -> None:
    mine = await linked(store, user="alice")
    others = [
        await linked(store, user="bob"),
        await linked(store, tenant="acme"),
        await linked(store, connector="notion"),
    ]

    assert len({mine.id, *(other.id for other in others)}) == 4
    assert all(other.generation == 1 and other.is_default for other in others)
    assert await store.get("default", mine.id) == mine


@pytest.mark.requirement("E6")
async def test_deleting_returns_the_last_state_once(store: ConnectionStore) -> None:
    """The row and its ciphertexts are gone; revocation works from what was returned."""
    seen = await linked(store, text="first")
    newest = await linked(store, text="second")

    assert await store.delete(seen, NOW) == newest
    assert await store.get("default", seen.id) is None
    assert await store.delete(seen, NOW) is None


async def test_of_fifty_deletions_at_once_one_gets_the_connection(store: ConnectionStore) -> None:
    connection = await linked(store)

    deleted = await at_once(50, lambda _: store.delete(connection, NOW))

    assert sorted(deleted, key=lambda row: row is None) == [connection] + [None] * 49


async def test_use_is_noted_and_changes_nothing_else(store: ConnectionStore) -> None:
    connection = await linked(store)

    await store.touch(connection, LATER)

    assert await store.get("default", connection.id) == replace(connection, last_used_at=LATER)


async def test_the_list_is_ordered_by_connector_with_the_default_first_and_then_by_age(
    store: ConnectionStore,
) -> None:
    notion = await linked(store, "n", connector="notion")
    oldest = await linked(store, "g1", now=NOW - timedelta(days=2))
    newest = await linked(store, "g3", now=NOW)
    middle = await linked(store, "g2", now=NOW - timedelta(days=1))
    await store.set_default(newest, NOW)

    found = await store.list_for("default", "user:alice")

    assert [row.id for row in found] == [newest.id, oldest.id, middle.id, notion.id]


@pytest.mark.requirement("E2")
async def test_a_saved_flow_is_sealed_for_the_row_and_generation_that_it_gets(
    store: ConnectionStore,
) -> None:
    """The ciphertext is bound to its row, so the row's id must be known before sealing."""
    asked: list[tuple[str, int]] = []

    def seal(row: str, generation: int) -> SealedTokens:
        asked.append((row, generation))
        return sealed_tokens("flow")

    saved = await save(store, new_connection(), seal, NOW)

    assert asked == [(saved.id, 1)]
