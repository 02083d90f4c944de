"""Worker processes on one database share the work and lose nothing when stopped.

The provider is Notion's simulation, which ends the grant if a refresh token is used twice.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from gateway.clock import utc_now
from gateway.dev.children import child
from gateway.server.run import free_port
from gateway.server.shutdown import GRACE_SECONDS
from gateway.settings.environment import Driver
from gateway.store.mongo import Database
from tests.support.browser import Browser
from tests.support.gateway import ACCOUNTS
from tests.support.loopback import NO_TLS, loopback_client
from tests.support.processes import Deployment, running_deployment
from tests.support.series import value_in
from tests.support.tokens import asked
from tests.support.waiting import PATIENCE_SECONDS, until

COMMAND = ("gateway", "worker")
RESTLESS = ("tests.support.worker_process",)
USERS = 12
"""More than one worker's share of concurrent refreshes for a connector (1/4 of 32)."""


@pytest.fixture
def deployment(
    tmp_path: Path, mongodb_url: str, database_name: str, driver: Driver
) -> Iterator[Deployment]:
    with running_deployment(
        tmp_path, mongodb_url=mongodb_url, database=database_name, driver=driver, gateways=1
    ) as running:
        yield running


class Workers:
    """The worker processes of a deployment."""

    def __init__(self, deployment: Deployment, folder: Path, stack: ExitStack) -> None:
        self._deployment, self._folder, self._stack = deployment, folder, stack
        self._logs: list[Path] = []

    def start(self, *module: str) -> subprocess.Popen[bytes]:
        """Start a further worker: ``python -m`` with these arguments."""
        log = self._folder / f"worker-{len(self._logs)}.log"
        self._logs.append(log)
        env = os.environ | self._deployment.env
        return self._stack.enter_context(child([sys.executable, "-m", *module], env=env, log=log))

    async def working(self) -> bool:
        """Return whether all workers have started."""
        return all('"worker_started"' in log.read_text() for log in self._logs)

    def said(self, event: str) -> list[int]:
        """Return how often each worker logged an event."""
        return [log.read_text().count(f'"{event}"') for log in self._logs]


@pytest.fixture
def workers(deployment: Deployment, tmp_path: Path) -> Iterator[Workers]:
    with ExitStack() as stack:
        yield Workers(deployment, tmp_path, stack)


async def connect_everybody(deployment: Deployment) -> None:
    """Link an account for each user."""
    for number in range(USERS):
        async with Browser(
            deployment.public_url, httpx.AsyncHTTPTransport(verify=NO_TLS)
        ) as browser:
            await browser.sign_in(f"user-{number}")
            outcome = await browser.connect("notion", ACCOUNTS["notion"])
            assert outcome in {"connected", "reconnected"}, browser.text[:500]


async def let_all_be_due(database: Database) -> None:
    """Make every token stale at the same moment."""
    stale = {"$set": {"fresh_until": utc_now() - timedelta(seconds=1)}}
    assert await database.collection("connections").update_many({}, stale) == USERS


async def all_renewed(database: Database) -> bool:
    """Return whether each connection has new tokens."""
    return await database.collection("connections").count({"generation": 2}) == USERS


@pytest.mark.requirement("D1", "L3")
async def test_two_workers_renew_each_connection_once_and_stop_on_a_signal(
    deployment: Deployment, database: Database, workers: Workers
) -> None:
    """The command starts with due connections."""
    await connect_everybody(deployment)
    await let_all_be_due(database)
    mark = deployment.sandbox.mark()

    processes = [workers.start(*COMMAND) for _ in range(2)]
    await until(lambda: all_renewed(database))
    await until(workers.working)

    for process in processes:
        process.send_signal(signal.SIGTERM)
    codes = [await asyncio.to_thread(process.wait, PATIENCE_SECONDS) for process in processes]
    assert codes == [0, 0]
    assert workers.said("worker_stopped") == [1, 1]
    assert asked(deployment.sandbox, "notion", mark) == ["issued"] * USERS


@pytest.mark.requirement("L5")
async def test_a_worker_serves_health_and_metrics_at_a_separate_address(
    deployment: Deployment, database: Database, workers: Workers
) -> None:
    """A worker has no web port, but orchestrators need its health."""
    await connect_everybody(deployment)
    await let_all_be_due(database)
    address = f"127.0.0.1:{free_port()}"
    workers.start(*COMMAND, "--metrics", address)
    await until(workers.working)
    renewed = {"connector": "notion", "outcome": "refreshed"}
    async with loopback_client(base_url=f"http://{address}") as probe:

        async def all_counted() -> bool:
            text = (await probe.get("/metrics")).text
            return value_in(text, "gateway_refreshes_total", **renewed) == USERS

        for path in ("/healthz", "/readyz"):
            answer = await probe.get(path)
            assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
        await until(all_counted)


@pytest.mark.requirement("D1", "D4", "L3")
async def test_a_stopping_worker_stores_the_answer_of_a_slow_provider(
    deployment: Deployment, database: Database, workers: Workers
) -> None:
    """Two workers share the due connections: neither can take all of them together."""
    await connect_everybody(deployment)
    ending, _ = [workers.start(*RESTLESS) for _ in range(2)]
    await until(workers.working)
    rows = database.collection("connections")
    mark = deployment.sandbox.mark()

    async def all_being_renewed() -> bool:
        return sum(workers.said("refresh_marked")) == USERS

    with deployment.providers_silent():
        await let_all_be_due(database)
        await until(all_being_renewed)
        under_way = workers.said("refresh_marked")
        assert min(under_way) >= USERS - 8
        started = time.monotonic()
        ending.send_signal(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            await asyncio.to_thread(ending.wait, 0.5)

    code = await asyncio.to_thread(ending.wait, PATIENCE_SECONDS)
    assert (code, time.monotonic() - started < GRACE_SECONDS) == (0, True)
    await until(lambda: all_renewed(database))
    assert asked(deployment.sandbox, "notion", mark) == ["issued"] * USERS

    async def all_told() -> bool:  # a renewal is stored before its line is written
        return workers.said("refreshed") == under_way

    await until(all_told)
    assert await rows.count({"refresh.fencing": 1}) == USERS  # nobody took a lease over
