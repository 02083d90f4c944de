"""Finding a connection: by its id, external id or label, and never a foreign one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.errors import AccountAmbiguous
from gateway.store.connection import Connection
from gateway.store.connections import ConnectionStore
from gateway.store.mongo import Database
from gateway.store.refresh_leases import Lease, RefreshLeases
from tests.support.linking import NOW, linked, sealed_tokens

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def store(database: Database) -> ConnectionStore:
    return ConnectionStore(database)


async def found(store: ConnectionStore, account: str | None) -> Connection | None:
    """The connection that a tool gets for ``account``."""
    return await store.find_account("default", "user:alice", "google", account)


async def test_an_account_is_found_by_id_by_external_id_and_by_label(
    store: ConnectionStore,
) -> None:
    await linked(store, "acct-1", label="Work")
    second = await linked(store, "acct-2", label="Home")

    assert await found(store, second.id) == second
    assert await found(store, "acct-2") == second
    assert await found(store, "Home") == second
    assert await found(store, "home") is None
    assert await found(store, "") is None


@pytest.mark.requirement("C6")
async def test_an_id_wins_over_an_external_id_and_that_over_a_label(store: ConnectionStore) -> None:
    """A provider's label may spell anything, another connection's id included."""
    first = await linked(store, "acct-1", label="First")
    impostor = await linked(store, first.id, label="Second")
    by_label = await linked(store, "acct-3", label=first.id)
    same_label = await linked(store, "acct-4", label="acct-3")

    assert await found(store, first.id) == first
    await store.delete(first, NOW)
    assert (await found(store, first.id) or first).id == impostor.id
    await store.delete(impostor, NOW)
    assert (await found(store, first.id) or first).id == by_label.id
    assert (await found(store, "acct-3") or same_label).id == by_label.id


async def test_a_label_of_several_accounts_names_none_of_them(store: ConnectionStore) -> None:
    default = await linked(store, "acct-0", label="Mine")
    other = await linked(store, "acct-1", label="Mine", now=LATER)

    with pytest.raises(AccountAmbiguous) as caught:
        await found(store, "Mine")
    assert caught.value.accounts == [default.id, other.id]
    assert default.id in str(caught.value)
    assert other.id in str(caught.value)
    assert await found(store, other.id) == other
    assert await found(store, "acct-0") == default


async def test_without_a_name_the_default_is_found(store: ConnectionStore) -> None:
    assert await found(store, None) is None
    await linked(store, "acct-1")
    second = await linked(store, "acct-2")
    await store.set_default(second, NOW)

    assert (await found(store, None) or second).id == second.id
    assert await store.find_account("default", "user:alice", "notion", None) is None


@pytest.mark.requirement("F1")
async def test_another_user_tenant_or_connector_finds_nothing(store: ConnectionStore) -> None:
    """Foreign and missing look the same."""
    mine = await linked(store, "acct-1", label="Work")

    for account in (mine.id, "acct-1", "Work", None):
        for place in (
            ("default", "user:bob", "google"),
            ("acme", "user:alice", "google"),
            ("default", "user:alice", "notion"),
        ):
            assert await store.find_account(*place, account) is None
    assert await store.get("acme", mine.id) is None
    assert await store.list_for("acme", "user:alice") == []
    assert await store.list_for("default", "user:bob") == []


@pytest.mark.requirement("F1")
async def test_another_tenant_changes_nothing(store: ConnectionStore) -> None:
    """A row that is known by its id is still out of reach."""
    first = await linked(store, "acct-1")
    second = await linked(store, "acct-2")
    foreign = replace(second, tenant="acme")

    await store.touch(foreign, LATER)
    await store.set_default(foreign, LATER)
    assert await store.delete(foreign, LATER) is None

    assert await store.list_for("default", "user:alice") == [first, second]


@pytest.mark.requirement("F1")
async def test_another_tenant_takes_no_part_in_a_refresh(
    database: Database, store: ConnectionStore
) -> None:
    mine = await linked(store)
    refreshes = RefreshLeases(database)
    foreign = replace(mine, tenant="acme")
    assert await refreshes.claim(foreign) is None
    assert await refreshes.progress(foreign) is None

    lease = await refreshes.claim(mine)
    assert lease is not None
    stolen = Lease(connection=replace(lease.connection, tenant="acme"), owner=lease.owner)
    assert not await refreshes.store(stolen, sealed_tokens("theirs"), (), mine.status, NOW)
    assert not await refreshes.give_up(stolen, "invalid_grant", NOW)
    await refreshes.postpone(stolen, 60, "provider_unavailable", NOW)

    assert await store.get("default", mine.id) == lease.connection


@pytest.mark.requirement("B7")
async def test_an_account_counts_as_linked_where_any_other_connection_holds_it(
    store: ConnectionStore,
) -> None:
    """Revoking a grant can end the sibling's."""
    mine = await linked(store, "acct-1", user="alice")
    assert not await store.is_linked("default", "google", "acct-1", besides=mine.id)
    assert await store.is_linked("default", "google", "acct-1")

    await linked(store, "acct-1", user="bob", tenant="acme")
    await linked(store, "acct-1", user="bob", connector="notion")
    await linked(store, "acct-2", user="bob")
    assert not await store.is_linked("default", "google", "acct-1", besides=mine.id)

    await linked(store, "acct-1", user="bob")
    assert await store.is_linked("default", "google", "acct-1", besides=mine.id)
