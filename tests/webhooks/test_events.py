"""Events of a connection reach only the receivers of its tenant, with signatures."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import standardwebhooks

from gateway.clock import utc_now
from gateway.store.events import EventType
from gateway.store.mongo import Database
from tests.conftest import GATEWAY_URL
from tests.support.gateway import FakeClock, running_gateway
from tests.support.linking import dump, linked
from tests.support.receiver import Delivered, receiving
from tests.support.sandbox import SandboxProcess
from tests.support.series import value
from tests.support.tokens import connect, connection, disconnect, force, revoke_at_google, token_of
from tests.webhooks.post import Post, open_post

METRIC = "gateway_webhook_deliveries_total"


@pytest.fixture
async def post(database: Database) -> AsyncIterator[Post]:
    async with open_post(database) as opened:
        yield opened


@pytest.mark.requirement("E1", "E6")
async def test_the_life_of_a_connection_reaches_a_receiver_that_verifies_it(
    mongodb_url: str, database_name: str, sandbox: SandboxProcess, clock: FakeClock
) -> None:
    """The test uses the whole product; sent and stored events hold no secret."""
    clock = FakeClock()
    async with (
        receiving() as receiver,
        running_gateway(
            mongodb_url,
            database_name,
            clock=clock,
            sandbox=sandbox.url,
            public_url=GATEWAY_URL,
            egress_allow=frozenset({("127.0.0.1", receiver.port)}),
        ) as gateway,
    ):
        services, stop = gateway.services, asyncio.Event()
        _, secret = await services.webhooks.create(tenant="default", url=receiver.url(), types=None)
        working = asyncio.create_task(services.deliveries.run(stop))
        await connect(gateway, "google")
        await receiver.has(1)
        linked = await connection(gateway)
        token = token_of(await gateway.token("google", "alice"))
        revoke_at_google(sandbox, token)
        assert (await force(gateway, "google")).status_code == 409
        await receiver.has(2)
        await connect(gateway, "google")
        await receiver.has(3)
        await disconnect(gateway, linked["id"])
        delivered = await receiver.has(4)
        stop.set()
        await working

    events = [one.verified(secret.reveal()) for one in delivered]
    assert [(event["type"], event["data"]["status"]) for event in events] == [
        ("connection.created", "active"),
        ("connection.needs_reauth", "needs_reauth"),
        ("connection.recovered", "active"),
        ("connection.disconnected", "disconnected"),
    ]
    assert [event["data"]["reason"] for event in events] == [None, "invalid_grant", None, None]
    assert [event["id"] for event in events] == [one.id for one in delivered]
    first = events[0]
    assert first == {
        "id": delivered[0].id,
        "type": "connection.created",
        "timestamp": linked["created_at"],
        "tenant": "default",
        "data": {
            "connection_id": linked["id"],
            "connector": "google",
            "user": "alice",
            "owner": "user",
            "status": "active",
            "reason": None,
        },
    }
    assert sorted(event["timestamp"] for event in events) == [e["timestamp"] for e in events]
    sent = b"".join(one.body for one in delivered)
    everything = b"".join(dump(mongodb_url, database_name).values())
    for hidden in (token, linked["external_account_id"], linked["account_label"]):
        assert hidden.encode() not in sent
        assert hidden.encode() not in everything
    assert secret.reveal().removeprefix("whsec_").encode() not in everything


async def test_a_tampered_event_does_not_verify(post: Post) -> None:
    _, secret = await post.webhook()
    await linked(post.connections, now=utc_now())
    async with post.working():
        (one,) = await post.receiver.has(1)

    assert one.headers["content-type"] == "application/json"
    assert one.verified(secret)["id"] == one.id
    changed: list[Delivered] = [
        replace(one, body=one.body.replace(b"alice", b"mallo")),
        *(
            replace(one, headers=one.headers | other)
            for other in (
                {"webhook-id": "evt_other"},
                {"webhook-timestamp": str(int(one.headers["webhook-timestamp"]) - 1)},
                {"webhook-timestamp": str(int(one.headers["webhook-timestamp"]) - 600)},
            )
        ),
    ]
    for wrong in changed:
        with pytest.raises(standardwebhooks.WebhookVerificationError):
            wrong.verified(secret)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        one.verified((await post.webhook())[1])


@pytest.mark.requirement("F1")
async def test_an_event_goes_to_its_own_tenants_webhooks_that_want_its_type(post: Post) -> None:
    await post.webhook("/all")
    await post.webhook("/ends", types=[EventType.DISCONNECTED])
    await post.webhook("/theirs", tenant="other")
    mine = await linked(post.connections, now=utc_now())
    theirs = await linked(post.connections, now=utc_now(), tenant="other", user="bob")
    await post.connections.delete(mine, utc_now())

    async with post.working():
        await post.receiver.has(2, "/all")
        await post.receiver.has(1, "/ends")
        (foreign,) = await post.receiver.has(1, "/theirs")
        await post.idle()

    assert post.receiver.types("/all") == ["connection.created", "connection.disconnected"]
    assert post.receiver.types("/ends") == ["connection.disconnected"]
    assert len(post.receiver.delivered) == 4
    assert foreign.event["tenant"] == "other"
    assert foreign.event["data"]["connection_id"] == theirs.id


async def test_events_from_before_a_webhook_are_not_sent_to_it(post: Post) -> None:
    await linked(post.connections, now=utc_now())
    await post.deliveries.round()
    await post.webhook()
    await linked(post.connections, user="bob", now=utc_now())

    async with post.working():
        (one,) = await post.receiver.has(1)
        await post.idle()

    assert one.event["data"]["user"] == "bob"
    assert len(post.receiver.delivered) == 1


async def test_two_workers_deliver_each_event_once(database: Database) -> None:
    async with open_post(database) as post, open_post(database) as other:
        other.deliveries._vault = post.deliveries._vault
        other.deliveries._outbound = post.deliveries._outbound
        await post.webhook()
        for number in range(30):
            await linked(post.connections, user=f"user-{number}", now=utc_now())

        async with post.working(), other.working():
            await post.receiver.has(30)
            await post.idle()

        assert len({one.id for one in post.receiver.delivered}) == 30
        assert len(post.receiver.delivered) == 30
        both = [value(one.metrics, METRIC, outcome="delivered") for one in (post, other)]
        assert sum(both) == 30
