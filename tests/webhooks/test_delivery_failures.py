"""Failed deliveries: retried, given up, and never a delay for others or a way inside."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from connectors.secret import Secret
from gateway.clock import utc_now
from gateway.encryption.places import webhook_secret_place
from gateway.encryption.rotation import Rotation
from gateway.encryption.vault import Vault, new_encryption_key, read_encryption_keys
from gateway.observe.metrics import DeliveryOutcome
from gateway.store.deliveries import DeliveryStore
from gateway.store.events import Outbox
from gateway.store.mongo import Collection, Database, Document
from gateway.store.sealed import sealed_stores
from gateway.webhooks import delivery as deliveries
from tests.support.linking import linked
from tests.support.receiver import SILENCE
from tests.support.series import value
from tests.support.silent import NO_AUDIT
from tests.webhooks.post import Post, open_post

METRIC = "gateway_webhook_deliveries_total"


@pytest.fixture(autouse=True)
def _worker_looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the pause between rounds, so that retries start immediately."""
    monkeypatch.setattr(deliveries, "POLL_SECONDS", 0.02)


@pytest.fixture
async def post(database: Database) -> AsyncIterator[Post]:
    async with open_post(database) as opened:
        yield opened


async def row_with_an_event(post: Post, database: Database) -> tuple[Collection, Document]:
    """Return the connections, and the only row, whose event waits for a webhook."""
    await post.webhook()
    await linked(post.connections, now=utc_now())
    rows = database.collection("connections")
    (row,) = await rows.find({})
    return rows, row


async def test_a_failing_receiver_gets_the_same_event_until_it_accepts_it(post: Post) -> None:
    webhook, secret = await post.webhook()
    answers = iter(["500 Broken", "302 Found\r\nLocation: /elsewhere", "204 No Content"])
    post.receiver.answer = lambda one: next(answers)
    await linked(post.connections, now=utc_now())

    async with post.working():
        delivered = await post.receiver.has(3)
        await post.idle()

    assert len(post.receiver.delivered) == 3  # the redirect was not followed
    assert {(one.id, one.body) for one in delivered} == {(delivered[0].id, delivered[0].body)}
    assert all(one.verified(secret) for one in delivered)
    state = await post.state(webhook)
    assert (state.failing_since, state.last_failure) == (None, None)
    assert state.last_success_at is not None
    found = {outcome: value(post.metrics, METRIC, outcome=outcome) for outcome in DeliveryOutcome}
    assert {outcome: count for outcome, count in found.items() if count} == {
        DeliveryOutcome.REFUSED: 1,
        DeliveryOutcome.UNREACHABLE: 1,
        DeliveryOutcome.DELIVERED: 1,
    }


async def test_an_event_in_a_copied_row_is_told_once_and_keeps_no_worker_busy(
    post: Post, database: Database
) -> None:
    """No gateway writes such a row, but a database repair may."""
    rows, row = await row_with_an_event(post, database)
    copy = row | {"_id": "con_copy", "slot": "copy", "external_account_id": "copy"}
    await rows.insert(copy | {"is_default": False})

    await post.deliveries.round()
    await post.deliveries.finish()

    assert await Outbox(database).waiting(10) == []
    (delivery,) = await database.collection("deliveries").find({}, sort=[("_id", 1)])
    assert delivery["event"]["connection"] == row["_id"]


async def test_a_row_locked_by_a_dead_process_delays_no_event(
    post: Post, database: Database
) -> None:
    """MongoDB ends a killed process's transaction after a minute; it locks rows until then."""
    rows, row = await row_with_an_event(post, database)

    async with rows.transaction() as left_open:
        await rows.find_one_and_delete({"_id": row["_id"]}, transaction=left_open)
        async with post.working():
            await post.receiver.has(1)
            await linked(post.connections, "acct-2", now=utc_now())
            await post.receiver.has(2)
            await post.idle()
            (left,) = await Outbox(database).waiting(10)
            assert left.connection == row["_id"]
    assert len(post.receiver.delivered) == 2  # and no event twice


async def test_a_delivery_that_always_fails_is_given_up_and_stays_visible(
    post: Post, database: Database
) -> None:
    webhook, _ = await post.webhook()
    post.receiver.answer = lambda one: "400 Bad"
    await linked(post.connections, now=utc_now())

    async with post.working():
        await post.receiver.has(4)
        await post.idle()

    assert (
        len(post.receiver.delivered) == 4
    )  # the first attempt, and one after each of three delays
    (row,) = await database.collection("deliveries").find({}, sort=[("_id", 1)])
    assert (row["outcome"], row["attempts"]) == ("given_up", 4)
    state = await post.state(webhook)
    assert (state.last_failure, state.last_success_at) == ("status 400", None)
    assert state.failing_since is not None
    assert value(post.metrics, METRIC, outcome=DeliveryOutcome.GIVEN_UP) == 1


async def test_retry_after_of_a_receiver_is_respected(post: Post, database: Database) -> None:
    await post.webhook()
    post.receiver.answer = lambda one: "503 Busy\r\nRetry-After: 600"
    await linked(post.connections, now=utc_now())

    async with post.working():
        await post.receiver.has(1)
    (row,) = await database.collection("deliveries").find({}, sort=[("_id", 1)])
    assert 590 < (row["due_at"] - await database.now()).total_seconds() <= 600


@pytest.mark.requirement("L2")
async def test_a_hanging_receiver_delays_no_other_and_gets_few_events_at_a_time(
    database: Database,
) -> None:
    async with open_post(database, delays=[3600], seconds=3) as post:
        hanging, _ = await post.webhook("/hangs")
        await post.webhook("/works")
        post.receiver.answer = lambda one: SILENCE if one.path == "/hangs" else "200 OK"
        for number in range(30):
            await linked(post.connections, user=f"user-{number}", now=utc_now())

        async with post.working():
            await post.receiver.has(30, "/works")
            assert len(post.receiver.types("/hangs")) <= 4
        assert (await post.state(hanging)).last_failure == "no response, or an unreadable one"


async def test_a_receiver_that_answers_410_gets_no_more_events(post: Post) -> None:
    webhook, _ = await post.webhook()
    post.receiver.answer = lambda one: "410 Gone"
    first = await linked(post.connections, now=utc_now())
    await post.connections.delete(first, utc_now())

    async with post.working():
        await post.receiver.has(1)
        await post.idle()
        await linked(post.connections, user="bob", now=utc_now())
        await post.deliveries.round()
        await post.idle()

    assert len(post.receiver.delivered) == 1
    assert (await post.state(webhook)).disabled_at is not None


async def test_events_of_a_connection_need_not_be_neighbours(
    post: Post, database: Database
) -> None:
    await post.webhook()
    first = await linked(post.connections, now=utc_now())
    await linked(post.connections, user="bob", now=utc_now())
    await post.connections.delete(first, utc_now())

    await post.deliveries._queue_events()
    assert len(post.deliveries._clearing) == 2
    await post.deliveries.finish()

    assert await post.deliveries._outbox.waiting(10) == []


async def test_events_of_a_deleted_webhook_are_not_sent(post: Post, database: Database) -> None:
    webhook, _ = await post.webhook()
    await linked(post.connections, now=utc_now())
    await post.deliveries._queue_events()
    assert await post.service.delete("default", webhook.id)

    await post.deliveries.round()
    await post.deliveries.finish()

    assert post.receiver.delivered == []
    (row,) = await database.collection("deliveries").find({}, sort=[("_id", 1)])
    assert row["outcome"] == "dropped"


@pytest.mark.requirement("H1")
@pytest.mark.parametrize("url", ["https://127.0.0.1:1/", "https://localhost/", "http://10.0.0.1/"])
async def test_an_internal_address_is_never_called(post: Post, url: str) -> None:
    """Each delivery checks the address, because the name may resolve differently."""
    webhook, _ = await post.webhook()
    rows = post.database.collection("webhooks")
    assert await rows.update_one({"_id": webhook.id}, {"$set": {"url": url}})
    await linked(post.connections, now=utc_now())

    await post.deliveries.round()
    await post.deliveries.finish()

    assert (await post.state(webhook)).last_failure == "its address may not be called"
    assert value(post.metrics, METRIC, outcome=DeliveryOutcome.BLOCKED) == 1


@pytest.mark.requirement("E2")
async def test_a_secret_that_does_not_open_delays_events_and_loses_none(database: Database) -> None:
    """Causes are wrong encryption keys or a moved row; nothing is sent unsigned."""
    right = Vault(read_encryption_keys(f"k1:{new_encryption_key()}"))
    async with open_post(database, vault=right) as post:
        _, secret = await post.webhook()
        await linked(post.connections, now=utc_now())
        post.deliveries._vault = Vault(read_encryption_keys(f"k2:{new_encryption_key()}"))
        await post.deliveries.round()
        await post.deliveries.finish()
        assert post.receiver.delivered == []
        assert value(post.metrics, METRIC, outcome=DeliveryOutcome.UNSIGNED) == 1

        post.deliveries._vault = right
        async with post.working():
            (one,) = await post.receiver.has(1)
        assert one.verified(secret)["type"] == "connection.created"


@pytest.mark.requirement("E3")
async def test_a_signing_secret_moves_to_a_new_encryption_key(database: Database) -> None:
    """The receiver's copy of the secret stays valid."""
    old, new = f"k1:{new_encryption_key()}", f"k2:{new_encryption_key()}"
    async with open_post(database, vault=Vault(read_encryption_keys(old))) as post:
        _, secret = await post.webhook()
        rotation = Rotation(
            Vault(read_encryption_keys(f"{new},{old}")), sealed_stores(database), NO_AUDIT
        )
        assert (await rotation.run(lambda rows: None)).rows == 1
        post.deliveries._vault = Vault(read_encryption_keys(new))
        await linked(post.connections, now=utc_now())

        async with post.working():
            (one,) = await post.receiver.has(1)

    assert one.verified(secret)["type"] == "connection.created"


async def test_a_defect_costs_an_attempt_and_delays_no_other_event(database: Database) -> None:
    """A secret opens but is invalid; the next row is still delivered."""
    vault = Vault(read_encryption_keys(f"k1:{new_encryption_key()}"))
    async with open_post(database, vault=vault) as post:
        broken, _ = await post.webhook("/broken")
        await post.webhook("/works")
        sealed = vault.seal(Secret("whsec_"), webhook_secret_place("default", broken.id))
        rows = database.collection("webhooks")
        assert await rows.update_one({"_id": broken.id}, {"$set": {"secret": sealed}})
        await linked(post.connections, now=utc_now())

        async with post.working():
            await post.receiver.has(1, "/works")
            await post.idle()

        assert value(post.metrics, METRIC, outcome=DeliveryOutcome.BROKEN) == 4
        assert (await post.state(broken)).last_failure == "the gateway's log says why"
        assert len(post.receiver.delivered) == 1


async def test_an_unrecorded_delivery_is_repeated_with_the_same_id(database: Database) -> None:
    """The receiver has the event and the worker dies: the case for "at least once"."""
    async with open_post(database) as post:
        post.deliveries._queue = DeliveryStore(database, lease_seconds=1)
        await post.webhook()
        await linked(post.connections, now=utc_now())

        async def dies(step: str) -> None:
            if step == "sent":
                post.deliveries._reached = goes_on
                raise asyncio.CancelledError

        goes_on = post.deliveries._reached
        post.deliveries._reached = dies
        async with post.working():
            first, second = await post.receiver.has(2)
            await post.idle()

    assert (first.id, first.body) == (second.id, second.body)
    assert len(post.receiver.delivered) == 2
