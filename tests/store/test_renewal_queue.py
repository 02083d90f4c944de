"""The renewal queue: due rows, their order, and the cost of finding them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pymongo import MongoClient

from gateway.clock import utc_now
from gateway.store.connection import Connection, SealedTokens, Status
from gateway.store.connections import ConnectionStore
from gateway.store.mongo import Database
from gateway.store.refresh_leases import RefreshLeases
from gateway.store.renewal_queue import Due, RenewalQueue
from tests.support.linking import NOW, at_once, linked, new_connection, save, sealed_tokens

HOUR = timedelta(hours=1)


@pytest.fixture
def store(database: Database) -> ConnectionStore:
    return ConnectionStore(database)


@pytest.fixture
def refreshes(database: Database) -> RefreshLeases:
    return RefreshLeases(database)


@pytest.fixture
def due(database: Database) -> RenewalQueue:
    return RenewalQueue(database)


async def stored(
    store: ConnectionStore,
    account: str,
    *,
    connector: str = "google",
    user: str = "alice",
    tenant: str = "default",
    **tokens: Any,
) -> Connection:
    """A connection whose tokens differ from the usual ones in these fields."""
    sealed: SealedTokens = replace(sealed_tokens(account), **tokens)
    new = new_connection(account, connector=connector, user=user, tenant=tenant)
    return await save(store, new, lambda row, generation: sealed, NOW)


async def found(
    due: RenewalQueue,
    why: Due = Due.EXPIRING,
    before: datetime = NOW,
    connector: str = "google",
    repeatable: float = 0.0,
) -> list[str]:
    """The accounts that are due."""
    rows = await due.due(connector, why, before, 100, now=before, repeatable_seconds=repeatable)
    return accounts(rows)


def accounts(rows: Sequence[Connection]) -> list[str]:
    """Which accounts they are, in order."""
    return [row.external_account_id for row in rows]


async def lease(refreshes: RefreshLeases, connection: Connection, marker: str = "") -> None:
    """Claim it, and note a request if ``marker`` is given."""
    claimed = await refreshes.claim(connection)
    assert claimed is not None
    if marker:
        assert await refreshes.mark(claimed, marker)


async def lose_answer(
    refreshes: RefreshLeases, database: Database, connection: Connection, age: int = 60
) -> None:
    """Record a request that was sent ``age`` seconds ago and never answered."""
    await lease(refreshes, connection, marker="of the stored token")
    sent_at = {"$subtract": ["$$NOW", age * 1000]}
    changed = {"refresh.owner": None, "refresh.until": None, "refresh.marker.sent_at": sent_at}
    rows = database.collection("connections")
    assert await rows.update_one({"_id": connection.id}, [{"$set": changed}])


async def test_most_urgent_connections_come_first_across_tenants(
    store: ConnectionStore, due: RenewalQueue
) -> None:
    await stored(store, "soon", fresh_until=NOW)
    await stored(store, "later", fresh_until=NOW + timedelta(milliseconds=1))
    await stored(store, "over", tenant="acme", user="bob", fresh_until=NOW - HOUR)
    await stored(store, "never", fresh_until=None)
    await stored(store, "elsewhere", connector="notion", fresh_until=NOW)

    assert await found(due) == ["over", "soon"]
    assert await found(due, before=NOW + HOUR) == ["over", "soon", "later"]
    assert await found(due, connector="notion") == ["elsewhere"]


async def test_long_unused_refresh_token_is_due_although_its_access_token_never_expires(
    store: ConnectionStore, due: RenewalQueue
) -> None:
    await stored(store, "fresh", issued_at=NOW + HOUR, fresh_until=None)
    await stored(store, "idle", issued_at=NOW, fresh_until=None)
    await stored(store, "older", issued_at=NOW - HOUR, fresh_until=NOW + HOUR)

    assert await found(due, Due.IDLE) == ["older", "idle"]


@pytest.mark.parametrize("why", Due)
async def test_pages_hold_each_row_once_even_where_thousands_are_due_at_the_same_moment(
    store: ConnectionStore, due: RenewalQueue, why: Due
) -> None:
    everyone = await at_once(25, lambda n: stored(store, f"acct-{n:02}", user=f"user-{n}"))
    await stored(store, "first", fresh_until=NOW - HOUR, issued_at=NOW - HOUR)
    await stored(store, "last", fresh_until=NOW + HOUR, issued_at=NOW + HOUR)

    seen: list[Connection] = []
    while True:
        last = seen[-1] if seen else None
        page = await due.due("google", why, NOW + HOUR, 4, now=NOW, after=last)
        seen += page
        if len(page) < 4:
            break
        assert len(page) == 4

    assert len(everyone) == 25
    assert len(seen) == 27
    assert len({row.id for row in seen}) == 27
    assert (accounts(seen)[0], accounts(seen)[-1]) == ("first", "last")


async def test_connections_in_needs_reauth_or_without_refresh_token_are_never_due(
    store: ConnectionStore, due: RenewalQueue, refreshes: RefreshLeases
) -> None:
    await stored(store, "no refresh token", refresh_token=None)
    claimed = await refreshes.claim(await stored(store, "dead"))
    assert claimed is not None
    await refreshes.give_up(claimed, "invalid_grant", NOW)
    scopes = new_connection("fewer scopes", status=Status.NEEDS_SCOPES)
    await save(store, scopes, lambda row, generation: sealed_tokens("x"), NOW)

    assert await found(due) == ["fewer scopes"]
    assert await due.needs_reauth("google") == 1
    assert await due.needs_reauth("notion") == 0


@pytest.mark.requirement("D1", "D7")
async def test_a_cool_down_and_a_lease_are_respected_for_as_long_as_they_last(
    database: Database, store: ConnectionStore, due: RenewalQueue, refreshes: RefreshLeases
) -> None:
    """The provider is not asked before ``not_before``; D1: nor during another refresh."""
    held = await stored(store, "held")
    await lease(refreshes, held)
    cooling = await refreshes.claim(await stored(store, "cooling"))
    assert cooling is not None
    await refreshes.postpone(cooling, 60, "rate_limited", NOW)
    assert await found(due) == []

    past = {"$subtract": ["$$NOW", 1]}
    rows = database.collection("connections")
    await rows.update_one({"_id": held.id}, [{"$set": {"refresh.until": past}}])
    assert await found(due) == ["held"]
    id_ = cooling.connection.id
    await rows.update_one({"_id": id_}, [{"$set": {"refresh.not_before": past}}])
    assert sorted(await found(due)) == ["cooling", "held"]


@pytest.mark.requirement("D4")
async def test_where_an_answer_was_lost_the_last_token_is_used_up_first(
    database: Database, store: ConnectionStore, due: RenewalQueue, refreshes: RefreshLeases
) -> None:
    """Unless the provider lets the refresh token be sent again."""
    lost = await stored(store, "lost", expires_at=NOW + HOUR)
    await lose_answer(refreshes, database, lost, age=60)

    assert await found(due) == []
    assert await found(due, repeatable=30) == []
    assert await found(due, repeatable=90) == ["lost"]
    assert await found(due, repeatable=math.inf) == ["lost"]
    assert await found(due, before=NOW + HOUR) == ["lost"]  # the token is over: now or never


@pytest.mark.requirement("D5", "D8")
async def test_a_request_from_the_future_is_of_unknown_age(
    database: Database, store: ConnectionStore, due: RenewalQueue, refreshes: RefreshLeases
) -> None:
    """The database's clock jumped back: the time for a repetition may be over."""
    lost = await stored(store, "lost", expires_at=NOW + HOUR)
    await lose_answer(refreshes, database, lost, age=-600)

    assert await found(due, repeatable=90) == []
    assert await found(due, repeatable=math.inf) == ["lost"]


@pytest.mark.requirement("D3")
async def test_a_reconnect_ends_the_doubt_about_a_lost_answer(
    database: Database, store: ConnectionStore, due: RenewalQueue, refreshes: RefreshLeases
) -> None:
    """The marker was of a refresh token that the new grant has replaced."""
    lost = await stored(store, "lost", expires_at=None)
    await lose_answer(refreshes, database, lost)
    assert await found(due) == []

    again = await stored(store, "lost", expires_at=None)

    assert again.generation == 2
    assert await found(due) == ["lost"]


@pytest.mark.parametrize("why", Due)
async def test_due_query_reads_hardly_more_than_the_due_rows(
    database: Database,
    store: ConnectionStore,
    due: RenewalQueue,
    mongodb_url: str,
    database_name: str,
    why: Due,
) -> None:
    """The index skips dead connections, connections without refresh token, and fresh ones."""
    now, past = utc_now(), NOW - HOUR
    for number in range(40):
        user = f"user-{number}"
        await stored(store, f"due-{number}", user=user, fresh_until=past, issued_at=past)
        await linked(store, f"dead-{number}", user=user, status=Status.NEEDS_REAUTH)
        await stored(store, f"fresh-{number}", user=user, fresh_until=now + HOUR, issued_at=now)
        await stored(store, f"none-{number}", user=user, refresh_token=None, fresh_until=past)
    with MongoClient[dict[str, Any]](mongodb_url) as client:
        client[database_name].command("profile", 2)

        first = await due.due("google", why, NOW, 3, now=NOW)
        second = await due.due("google", why, NOW, 3, now=NOW, after=first[-1])
        people = await due.needs_reauth("google")

        client[database_name].command("profile", 0)
        calls = list(
            client[database_name]["system.profile"].find(
                {"ns": f"{database_name}.connections", "op": {"$in": ["query", "command"]}}
            )
        )
    assert (len(first), len(second), people) == (3, 3, 40)
    page_one, page_two, count = calls
    # The rows of the page, and one or two that end an index range.
    assert page_one["docsExamined"] <= 3 + 2
    assert page_two["docsExamined"] <= 6 + 2
    assert page_two["keysExamined"] <= 6 + 4
    assert count["docsExamined"] == 40
