"""The queues of the webhooks: each event once, claimed by one worker at a time, in order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pymongo import MongoClient

from gateway.store.deliveries import Delivery, DeliveryStore
from gateway.store.events import Event, EventType
from gateway.store.indexes import UNDELIVERED
from gateway.store.mongo import Database
from gateway.store.webhooks import Webhook, WebhookStore
from tests.support.linking import NOW, at_once
from tests.support.waiting import until


@pytest.fixture
def queue(database: Database) -> DeliveryStore:
    return DeliveryStore(database)


def webhook(name: str = "a", tenant: str = "default") -> Webhook:
    """A receiver."""
    return Webhook(
        id=f"whk_{name}",
        tenant=tenant,
        url="https://tools.example.com/",
        types=None,
        secret=b"sealed",
        created_at=NOW,
    )


def event(name: str = "1", connection: str = "con_1", generation: int = 1, later: int = 0) -> Event:
    """An event, ``later`` by so many seconds."""
    return Event(
        id=f"evt_{name}",
        type=EventType.CREATED,
        time=NOW + timedelta(seconds=later),
        tenant="default",
        connection=connection,
        generation=generation,
        connector="google",
        owner="user:$alice",
        status="active",
        reason=None,
    )


async def due(queue: DeliveryStore) -> list[Delivery]:
    """The deliveries that are due."""
    return await queue.due(100, without=())


async def claimed(queue: DeliveryStore) -> Delivery:
    """The one delivery that is due, claimed."""
    (only,) = await due(queue)
    found = await queue.claim(only)
    assert found is not None
    return found


async def test_an_event_is_queued_once_for_each_webhook_however_often_it_is_passed_on(
    queue: DeliveryStore,
) -> None:
    results = await at_once(20, lambda number: queue.add(event(), webhook("ab"[number % 2])))

    assert results == [None] * 20
    assert {(d.webhook, d.event) for d in await due(queue)} == {
        ("whk_a", event()),
        ("whk_b", event()),
    }
    assert [await queue.pending(webhook(name)) for name in "abc"] == [1, 1, 0]


async def test_delivery_is_claimed_by_one_worker_for_its_lease(
    database: Database, queue: DeliveryStore
) -> None:
    hasty = DeliveryStore(database, lease_seconds=1)
    await queue.add(event(), webhook())
    (found,) = await due(queue)

    claims = [claim for claim in await at_once(20, lambda _: hasty.claim(found)) if claim]

    assert len(claims) == 1
    assert await due(queue) == []
    assert await queue.pending(webhook()) == 1

    async def is_due() -> bool:
        return bool(await due(queue))

    await until(is_due)
    second = await claimed(queue)
    dead = claims[0]
    assert isinstance(dead, Delivery)
    # The first worker was only asleep: its late result changes nothing.
    await queue.finish(dead, "delivered")
    await queue.postpone(dead, 0)
    assert await due(queue) == []
    await queue.postpone(second, 0)
    assert [delivery.attempts for delivery in await due(queue)] == [1]


async def test_finished_delivery_is_never_due_again_and_expires(
    database: Database, queue: DeliveryStore
) -> None:
    await queue.add(event(), webhook())
    await queue.finish(await claimed(queue), "delivered")

    await queue.add(event(), webhook())  # a worker died before it took the event out of the outbox

    assert await due(queue) == []
    assert await queue.pending(webhook()) == 0
    (row,) = await database.collection("deliveries").find({}, sort=[("_id", 1)])
    assert (row["outcome"], row["attempts"]) == ("delivered", 1)
    assert row["done_at"] is not None  # by which the TTL index finds it
    assert "due_at" not in row


async def test_a_postponed_delivery_is_due_when_its_time_has_come(queue: DeliveryStore) -> None:
    await queue.add(event(), webhook())
    await queue.postpone(await claimed(queue), 0.3)
    assert await due(queue) == []

    async def is_due() -> bool:
        return bool(await due(queue))

    await until(is_due)


async def test_the_longest_waiting_come_first_and_webhooks_can_be_left_out(
    queue: DeliveryStore,
) -> None:
    for name, later in (("2", 2), ("1", 1), ("3", 3)):
        await queue.add(event(name, later=later), webhook())
    await queue.add(event("4"), webhook("b"))

    assert [d.event.id for d in await due(queue)] == ["evt_4", "evt_1", "evt_2", "evt_3"]
    assert [d.event.id for d in await queue.due(100, without={"whk_a"})] == ["evt_4"]
    assert len(await queue.due(2, without=())) == 2


async def test_an_event_waits_for_the_first_attempt_at_the_one_before_it(
    queue: DeliveryStore,
) -> None:
    """Of the same connection and webhook; and not for its further attempts."""
    first, second = event("1"), event("2", later=1)
    third = event("3", generation=2, later=-60)  # its clock was wrong; the generation counts
    for one in (first, second, third, event("4", connection="con_2", later=5)):
        await queue.add(one, webhook())
    await queue.add(second, webhook("b"))
    by_id = {delivery.id: delivery for delivery in await due(queue)}

    early = {key: await queue.is_early(delivery) for key, delivery in by_id.items()}
    assert early == {
        "evt_1:whk_a": False,
        "evt_2:whk_a": True,
        "evt_3:whk_a": True,
        "evt_4:whk_a": False,
        "evt_2:whk_b": False,
    }
    claim = await queue.claim(by_id["evt_1:whk_a"])
    assert claim is not None
    assert await queue.is_early(by_id["evt_2:whk_a"])
    await queue.postpone(claim, 3600)
    assert not await queue.is_early(by_id["evt_2:whk_a"])
    assert await queue.is_early(by_id["evt_3:whk_a"])


async def test_deliveries_that_are_done_or_not_yet_due_cost_nothing(
    database: Database, queue: DeliveryStore, mongodb_url: str, database_name: str
) -> None:
    for number in range(200):
        await queue.add(event(str(number)), webhook())
    rows = database.collection("deliveries")
    later = {"$set": {"due_at": NOW + timedelta(days=36500)}}
    assert await rows.update_many({"_id": {"$regex": "[0-4]:"}}, later) == 100
    done = {"$unset": {"due_at": ""}, "$set": {"done_at": NOW}}
    assert await rows.update_many({"_id": {"$regex": "[5-8]:"}}, done) == 80

    with MongoClient[dict[str, Any]](mongodb_url) as client:
        query = UNDELIVERED | {
            "webhook": {"$nin": ["whk_b"]},
            "$expr": {"$lte": ["$due_at", "$$NOW"]},
        }
        cursor = client[database_name]["deliveries"].find(query, sort=[("due_at", 1)])
        looked_at = cursor.explain()["executionStats"]
    assert len(await due(queue)) == 20
    assert (looked_at["nReturned"], looked_at["totalDocsExamined"]) == (20, 20)


async def test_delivery_outcomes_are_recorded_on_the_tenants_own_webhook(
    database: Database,
) -> None:
    store = WebhookStore(database)
    mine, foreign = webhook(), webhook(tenant="other")
    await store.add(mine)
    await store.failed(foreign, "status 500")
    assert await store.list_for("default") == [mine]
    assert await store.get("other", mine.id) is None
    assert not await store.delete("other", mine.id)

    await store.failed(mine, "status 500")
    since = (await store.list_for("default"))[0].failing_since
    await store.failed(mine, "status 502")
    failing = await store.get("default", mine.id)
    assert failing is not None
    assert since is not None
    assert (failing.failing_since, failing.last_failure) == (since, "status 502")

    await store.succeeded(mine)
    well = await store.get("default", mine.id)
    assert well is not None
    assert (well.failing_since, well.last_failure, well.disabled_at) == (None, None, None)
    assert well.last_success_at is not None
    assert well.wants("connection.created")
    await store.failed(well, "status 410", disable=True)
    gone = await store.get("default", mine.id)
    assert gone is not None
    assert not gone.wants("connection.created")
