"""Buckets of permits: one atomic decision each, shared by all processes."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from gateway.store.limits import LimitStore, Taken
from gateway.store.mongo import Database
from tests.support.linking import NOW


@pytest.fixture
def store(database: Database) -> LimitStore:
    return LimitStore(database)


async def take(
    store: LimitStore, permits: int = 1, *, after: float = 0.0, of: str = "a", most: int = 7
) -> Taken:
    """Take from a bucket of ``most`` per minute, ``after`` seconds after ``NOW``."""
    now = NOW + timedelta(seconds=after)
    return await store.take("sign_ins", of, permits=permits, most=most, seconds=60, now=now)


@pytest.mark.requirement("F6")
async def test_bucket_gives_its_permits_and_then_the_time_to_wait(store: LimitStore) -> None:
    assert [(await take(store)).permits for _ in range(7)] == [1] * 7
    refused = await take(store)
    assert refused.permits == 0
    assert refused.wait == pytest.approx(60 / 7)


async def test_permits_come_back_evenly(store: LimitStore) -> None:
    assert (await take(store, 7)).permits == 7
    assert (await take(store, after=8.5)).permits == 0
    assert (await take(store, after=8.6)).permits == 1
    assert (await take(store, after=8.6)).permits == 0
    assert (await take(store, 9, after=8.6 + 60)).permits == 7  # and never more than it holds


async def test_request_for_more_permits_than_left_gets_the_rest(store: LimitStore) -> None:
    assert await take(store, 5) == Taken(5, 0.0)
    assert await take(store, 5) == Taken(2, 0.0)
    assert (await take(store, 5)).permits == 0


async def test_being_refused_costs_nothing(store: LimitStore) -> None:
    """A caller that asks too early is admitted no later than one that waits."""
    await take(store, 7)
    for _ in range(20):
        assert (await take(store)).permits == 0
    assert (await take(store, after=60 / 7 + 0.01)).permits == 1


async def test_each_subject_and_each_limit_has_a_bucket_of_its_own(store: LimitStore) -> None:
    await take(store, 7)
    assert (await take(store, of="b")).permits == 1
    other = await store.take("api_calls", "a", permits=1, most=7, seconds=60, now=NOW)
    assert other.permits == 1


@pytest.mark.requirement("F6")
async def test_of_many_at_once_exactly_as_many_pass_as_there_are_permits(store: LimitStore) -> None:
    """The decision and the count are one operation, also where the row is made by it."""
    taken = await asyncio.gather(*(take(store) for _ in range(30)))
    assert sum(each.permits for each in taken) == 7


@pytest.mark.requirement("L4")
async def test_a_clock_that_is_behind_gives_nothing_twice(store: LimitStore) -> None:
    assert (await take(store, 7, after=30)).permits == 7
    assert (await take(store, after=0)).permits == 0
    assert (await take(store, after=30)).permits == 0
    assert (await take(store, after=30 + 9)).permits == 1


async def test_a_great_limit_is_as_exact_as_a_small_one(store: LimitStore) -> None:
    most = 999_999
    given = [(await take(store, 333_333, most=most)).permits for _ in range(4)]
    assert given == [333_333, 333_333, 333_333, 0]


@pytest.mark.requirement("J1")
async def test_a_row_says_nothing_of_whose_it_is_and_goes_when_it_is_full(
    store: LimitStore, database: Database
) -> None:
    """Addresses and users are stored as hashes."""
    await take(store, 7, of="203.0.113.9")
    rows = await database.collection("limits").find({}, sort=[("_id", 1)])
    assert len(rows) == 1
    assert "203.0.113.9" not in repr(rows)
    assert rows[0]["expires_at"] == NOW + timedelta(seconds=60)
    assert (await database.collection("limits").count({"expires_at": {"$type": "date"}})) == 1
