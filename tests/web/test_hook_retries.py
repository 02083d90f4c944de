"""Hooks that failed are run again: growing pauses, an end, and one process at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from connectors.context import PostConnectionContext
from connectors.errors import AccountUnfit
from connectors.hooks import atlassian
from gateway.access.service_keys import Role
from gateway.store.hook_retries import LEASE_SECONDS, MOST_ATTEMPTS
from gateway.worker import work
from tests.conftest import GATEWAY_URL
from tests.support.gateway import FakeClock, Harness, running_gateway
from tests.support.rows import Rows
from tests.support.sandbox import SandboxProcess
from tests.support.series import value
from tests.support.waiting import until

ANA = "Ana Diaz (ana@acme.example)"


class Switch:
    """A hook that a test lets fail, hold or succeed."""

    def __init__(self) -> None:
        self.runs = 0
        self.error: Exception | None = RuntimeError("words of the hook")
        self.entered, self.go = asyncio.Event(), asyncio.Event()
        self.go.set()

    async def __call__(self, ctx: PostConnectionContext) -> None:
        self.runs += 1
        self.entered.set()
        await self.go.wait()
        if self.error is not None:
            raise self.error
        ctx.update_metadata({"cloud_id": "c-1"})


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Switch:
    switch = Switch()

    async def post_connection(ctx: PostConnectionContext) -> None:
        await switch(ctx)

    monkeypatch.setattr(atlassian, "post_connection", post_connection)
    return switch


@pytest.fixture
async def other(
    gateway: Harness,
    mongodb_url: str,
    database_name: str,
    sandbox: SandboxProcess,
    clock: FakeClock,
) -> AsyncIterator[Harness]:
    """Another process of the deployment."""
    async with running_gateway(
        mongodb_url, database_name, clock=clock, sandbox=sandbox.url, public_url=GATEWAY_URL
    ) as harness:
        yield harness


async def connect(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    outcome = await browser.connect("atlassian", ANA, site="acme")
    assert outcome in {"connected", "reconnected"}


async def test_the_worker_repeats_a_hook_with_growing_pauses_and_stops(
    gateway: Harness, rows: Rows, hook: Switch, clock: FakeClock
) -> None:
    await connect(gateway)
    hooks, pauses = gateway.services.hooks, []
    assert await hooks.round("atlassian") == 0
    while (due := (await rows.connection())["hook"]["retry_at"]) is not None:
        pause = due - clock()
        pauses.append(round(pause.total_seconds() / 60))
        clock.offset += pause - timedelta(seconds=1)
        assert await hooks.round("atlassian") == 0
        clock.offset += timedelta(seconds=2)
        assert await hooks.round("atlassian") == 1
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]
    assert hook.runs == MOST_ATTEMPTS
    clock.advance(days=30)
    assert await hooks.round("atlassian") == 0
    row = await rows.connection()
    assert (row["status"], row["hook"]["reason"]) == ("active", "hook_error")
    failed = value(
        gateway.services.metrics,
        "gateway_hook_runs_total",
        connector="atlassian",
        outcome="hook_error",
    )
    assert failed == MOST_ATTEMPTS - 1


async def test_the_worker_process_repeats_it_and_tools_get_the_address(
    gateway: Harness, rows: Rows, hook: Switch, clock: FakeClock
) -> None:
    await connect(gateway)
    assert (await gateway.token("atlassian", "alice")).status_code == 409
    hook.error = None
    clock.advance(minutes=1)
    stop = asyncio.Event()
    working = asyncio.create_task(work([gateway.services.hooks], stop, rest=lambda: 0.01))

    async def repeated() -> bool:
        return (await rows.connection())["hook"] is None

    await until(repeated)
    stop.set()
    await working
    answer = (await gateway.token("atlassian", "alice")).json()
    assert answer["api"]["base_url"].endswith("/ex/jira/c-1")
    assert answer["connection"]["hook_failure"] is None


async def test_two_processes_run_it_once(
    gateway: Harness, other: Harness, rows: Rows, hook: Switch, clock: FakeClock
) -> None:
    """The worker, another worker and a person's button at the same time."""
    await connect(gateway)
    clock.advance(minutes=1)
    hook.error = None
    hook.entered.clear()
    hook.go.clear()
    first = asyncio.create_task(gateway.services.hooks.round("atlassian"))
    await hook.entered.wait()
    assert await other.services.hooks.round("atlassian") == 0
    connection = (await rows.connection())["_id"]
    client = await other.api(Role.CONNECTIONS)
    answer = await client.post(f"/v1/connections/{connection}/retry")
    assert answer.json()["hook_failure"]["attempts"] == 2
    hook.go.set()
    assert await first == 1
    assert hook.runs == 2
    assert (await client.get(f"/v1/connections/{connection}")).json()["hook_failure"] is None
    # Nothing is left to repeat.
    assert (await client.post(f"/v1/connections/{connection}/retry")).status_code == 200
    assert hook.runs == 2


async def test_the_late_result_of_a_lost_claim_changes_nothing(
    gateway: Harness, rows: Rows, hook: Switch, clock: FakeClock
) -> None:
    """The person has reconnected meanwhile."""
    await connect(gateway)
    clock.advance(minutes=1)
    hook.entered.clear()
    hook.go.clear()
    late = asyncio.create_task(gateway.services.hooks.round("atlassian"))
    await hook.entered.wait()
    row = await rows.connection()
    await rows.change_connection(row["_id"], hook=None, metadata='{"cloud_id": "c-2"}')
    hook.go.set()
    await late
    row = await rows.connection()
    assert (row["hook"], row["metadata"]) == (None, '{"cloud_id": "c-2"}')


async def test_a_process_that_dies_uses_up_its_attempt(
    gateway: Harness, rows: Rows, hook: Switch, clock: FakeClock
) -> None:
    await connect(gateway)
    (connection,) = await gateway.services.connections.list_for("default", "alice")
    hook.go.clear()
    hook.entered.clear()
    dying = asyncio.create_task(gateway.services.hooks.retry(connection))
    await hook.entered.wait()
    dying.cancel()
    await asyncio.wait({dying})
    row = await rows.connection()
    assert row["hook"]["attempts"] == 2
    assert row["hook"]["until"] is not None
    earlier = row["hook"]["until"] - timedelta(seconds=LEASE_SECONDS + 1)
    await rows.change_connection(row["_id"], **{"hook.until": earlier})
    hook.go.set()
    hook.error = None
    clock.advance(minutes=2)
    assert await gateway.services.hooks.round("atlassian") == 1
    assert (await rows.connection())["hook"] is None


async def test_an_unfit_account_is_not_tried_again_by_itself(
    gateway: Harness, rows: Rows, hook: Switch, clock: FakeClock
) -> None:
    await connect(gateway)
    hook.error = AccountUnfit("the site is gone")
    clock.advance(minutes=1)
    assert await gateway.services.hooks.round("atlassian") == 1
    found = (await rows.connection())["hook"]
    assert (found["reason"], found["retry_at"]) == ("account_unfit", None)
    client = await gateway.api(Role.CONNECTIONS)
    (shown,) = (await client.get("/v1/connections?user=alice")).json()["connections"]
    assert (shown["status"], shown["action"]) == ("incomplete", "reconnect")


async def test_a_reconnect_whose_hook_fails_keeps_what_an_earlier_one_found(
    gateway: Harness, rows: Rows, hook: Switch
) -> None:
    hook.error = None
    await connect(gateway)
    hook.error = RuntimeError()
    await connect(gateway)
    (connection,) = await gateway.services.connections.list_for("default", "alice")
    assert connection.metadata == {"cloud_id": "c-1"}
    answer = await gateway.token("atlassian", "alice")
    assert answer.status_code == 200
    assert answer.json()["connection"]["status"] == "active"
    assert answer.json()["connection"]["hook_failure"]["reason"] == "hook_error"


async def test_a_token_that_is_over_is_renewed_for_the_hook(
    gateway: Harness, rows: Rows, hook: Switch, clock: FakeClock
) -> None:
    await connect(gateway)
    hook.error = None
    clock.advance(hours=3)
    assert await gateway.services.hooks.round("atlassian") == 1
    row = await rows.connection()
    assert (row["generation"], row["hook"]) == (2, None)
