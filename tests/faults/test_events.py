"""``kill -9`` at any moment between a change and its event's delivery loses no event.

The receiver decides: it verifies events and recognises repetitions by their id.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.access.service_keys import Role, ServiceKeys
from gateway.clock import utc_now
from gateway.dev.children import child
from gateway.encryption.vault import Vault, read_encryption_keys
from gateway.outbound.egress import EgressPolicy
from gateway.store.deliveries import DeliveryStore
from gateway.store.events import EventType, Outbox
from gateway.store.service_keys import KeyStore
from gateway.store.webhooks import WebhookStore
from gateway.webhooks.registration import WebhookService
from tests.faults.fleet import FULL, STEADY, Fleet, running_fleet, share
from tests.support.receiver import Receiver, receiving
from tests.support.sealing import vault_of
from tests.support.silent import NO_AUDIT
from tests.support.waiting import PATIENCE_SECONDS, until


@dataclass
class Setting:
    """A web process, no worker yet, and a receiver of all events."""

    fleet: Fleet
    receiver: Receiver
    secret: str
    folder: Path
    stack: AsyncExitStack

    def worker(self, *, dies_at: str = "") -> subprocess.Popen[bytes]:
        """Start a worker process; with ``dies_at`` it kills itself once at that step."""
        order = self.folder / "order-worker.json"
        if dies_at:
            order.write_text(json.dumps({"step": dies_at, "count": 1, "signal": "SIGKILL"}))
        env = self.fleet.gateways[0].env | {
            "GATEWAY_EGRESS_ALLOW": self.receiver.address,
            "FAULTS_ORDER": str(order),
        }
        command = [sys.executable, "-m", "tests.faults.events_process"]
        log = self.folder / "worker.log"
        return self.stack.enter_context(child(command, env=os.environ | env, log=log))

    async def told(self, connection: str) -> list[str]:
        """Return the types of a connection's arrived events, each id once; verify all."""
        events = [one.verified(self.secret) for one in self.receiver.delivered]
        return [
            event["type"]
            for event in {event["id"]: event for event in events}.values()
            if event["data"]["connection_id"] == connection
        ]


@asynccontextmanager
async def opened(folder: Path, mongodb_url: str) -> AsyncIterator[Setting]:
    """A web process and a receiver, without any connection."""
    async with (
        AsyncExitStack() as stack,
        receiving() as receiver,
        running_fleet(folder, mongodb_url, clocks=[0.0], lease=6, provider=5.0) as fleet,
    ):
        keys = fleet.gateways[0].env["GATEWAY_ENCRYPTION_KEYS"]
        service = WebhookService(
            webhooks=WebhookStore(fleet.database),
            deliveries=DeliveryStore(fleet.database),
            vault=Vault(read_encryption_keys(keys)),
            policy=EgressPolicy(allow=frozenset({("127.0.0.1", receiver.port)})),
            clock=utc_now,
            audit=NO_AUDIT,
        )
        _, secret = await service.create(tenant="default", url=receiver.url(), types=None)
        async with stack:  # the workers end before the database
            yield Setting(fleet, receiver, secret.reveal(), folder, stack)


@pytest.fixture
async def setting(tmp_path: Path, mongodb_url: str) -> AsyncIterator[Setting]:
    async with opened(tmp_path, mongodb_url) as made:
        yield made


async def killed(worker: subprocess.Popen[bytes]) -> bool:
    """Wait for its end; return whether its order caused it."""
    return await asyncio.to_thread(worker.wait, PATIENCE_SECONDS) == -signal.SIGKILL


async def test_workers_killed_before_and_after_a_delivery_lose_no_event(setting: Setting) -> None:
    fleet, receiver = setting.fleet, setting.receiver
    await fleet.connect("alice", STEADY)
    row = await fleet.row("alice", STEADY)
    fleet.gateways[0].process.kill()  # the process that made the change dies, too
    await fleet.gateways[0].over()
    assert [event["type"] for event in row["outbox"]] == [EventType.CREATED]

    assert await killed(setting.worker(dies_at="queued"))
    assert receiver.delivered == []
    assert await killed(setting.worker(dies_at="sent"))
    (first,) = receiver.delivered
    setting.worker()
    again = (await receiver.has(2))[1]

    assert (again.id, again.body) == (first.id, first.body)
    assert first.id == row["outbox"][0]["_id"]
    assert again.headers["webhook-signature"] != ""
    assert await setting.told(row["_id"]) == [EventType.CREATED]

    async def is_done() -> bool:
        return await fleet.database.collection("deliveries").count({"outcome": "delivered"}) == 1

    await until(is_done)
    assert await Outbox(fleet.database).waiting(10) == []


async def test_a_disconnect_of_a_killed_process_is_complete_or_absent(setting: Setting) -> None:
    """The row is deleted if and only if its event exists, and every event arrives."""
    fleet, (gateway,) = setting.fleet, setting.fleet.gateways
    _, key = await ServiceKeys(
        KeyStore(fleet.database, vault_of(gateway.env)), utc_now, NO_AUDIT
    ).create(tenant="default", roles=[Role.CONNECTIONS])
    headers = {"Authorization": f"Bearer {key.reveal()}"}
    expected: dict[str, list[str]] = {}
    for moment in share(range(100 if FULL else 3)):
        user = f"user-{moment}"
        await fleet.connect(user, STEADY)
        connection = (await fleet.row(user, STEADY))["_id"]
        url = f"{gateway.url}/v1/connections/{connection}"
        call = asyncio.create_task(fleet.tool.delete(url, headers=headers))
        # Deleting takes about this long, without the later revocation.
        await asyncio.wait({call}, timeout=random.uniform(0, 0.03))
        gateway.process.kill()
        await gateway.over()
        await asyncio.gather(call, return_exceptions=True)
        await gateway.start()

        rows = fleet.database.collection("connections")
        is_there = await rows.find_one({"_id": connection, "tenant": "default"}) is not None
        found = [
            e.type for e in await Outbox(fleet.database).waiting(1000) if e.connection == connection
        ]
        expected[connection] = [EventType.CREATED, *([] if is_there else [EventType.DISCONNECTED])]
        assert found == expected[connection]

    setting.worker()
    await setting.receiver.has(sum(map(len, expected.values())))
    assert {name: await setting.told(name) for name in expected} == expected
