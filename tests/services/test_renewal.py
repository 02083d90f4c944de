"""Renewal ahead of expiry: which connections are due, when, and which are skipped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from connectors.secret import Secret
from gateway.encryption.vault import new_encryption_key
from gateway.services.renewal import Renewal, Round, phase
from gateway.settings.environment import Driver
from gateway.store.connections import ConnectionStore
from gateway.store.mongo import Database, open_database
from gateway.store.refresh_leases import RefreshLeases
from gateway.store.renewal_queue import RenewalQueue
from tests.conftest import GATEWAY_URL
from tests.support.configs import KEYED, WITH_OAUTH
from tests.support.gateway import Harness, running_gateway
from tests.support.linking import linked
from tests.support.sandbox import SandboxProcess
from tests.support.tokens import (
    StoppedClock,
    asked,
    connect,
    connection,
    fingerprint,
    revoke_at_google,
    token_of,
)

STALE = timedelta(seconds=3599 - 60)
"""How long a Google token is fresh."""


@pytest.fixture
async def store(gateway: Harness, mongodb_url: str, database_name: str) -> AsyncIterator[Database]:
    """The gateway's database."""
    async with open_database(mongodb_url, database_name, Driver.MOTOR) as database:
        yield database


def renewal_of(gateway: Harness, store: Database, **options: Any) -> Renewal:
    """Return a renewal on the gateway's services with other options."""
    services = gateway.services
    parts: dict[str, Any] = {
        "due": RenewalQueue(store),
        "refresher": services.refresher,
        "pasted": services.pasted,
        "catalog": services.catalog,
        "apps": services.apps,
        "clock": services.clock,
        "concurrency": 32,
    }
    return Renewal(**parts | options)


async def connect_users(gateway: Harness, connector: str, count: int, **config: str) -> list[str]:
    """Link an account for this many users; return their names."""
    users = [f"user-{number}" for number in range(count)]
    for user in users:
        await connect(gateway, connector, user=user, **config)
    return users


async def end_cool_down(store: Database) -> None:
    """End the cool-down of the only connection."""
    rows = store.collection("connections")
    assert await rows.update_one({}, {"$set": {"refresh.not_before": None}})


async def test_a_token_is_renewed_before_it_is_stale_so_that_no_reader_has_to_wait(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    await connect(gateway, "google")
    old = token_of(await gateway.token("google", "alice"))
    mark = sandbox.mark()

    clock.offset += STALE - timedelta(minutes=5, seconds=1)
    assert await gateway.services.renewal.round("google") == Round()
    clock.advance(minutes=4, seconds=1)  # a minute remains
    assert await gateway.services.renewal.round("google") == Round(renewed=1)
    clock.advance(minutes=1, seconds=1)

    assert token_of(await gateway.token("google", "alice")) != old
    assert asked(sandbox, "google", mark) == ["issued"]
    assert await gateway.services.renewal.round("google") == Round()


async def test_renewals_are_spread_over_the_lead(
    gateway: Harness, store: Database, clock: StoppedClock
) -> None:
    """A thousand tokens with the same expiry do not cause a burst."""
    early = renewal_of(gateway, store, jitter=lambda connection: 0.0)
    late = renewal_of(gateway, store, jitter=lambda connection: 0.999)
    await connect(gateway, "google")

    clock.offset += STALE - timedelta(minutes=4, seconds=50)
    assert await late.round("google") == Round()
    assert await early.round("google") == Round(renewed=1)
    clock.offset += STALE - timedelta(minutes=1, seconds=5)
    assert await late.round("google") == Round()
    clock.advance(seconds=6)
    assert await late.round("google") == Round(renewed=1)


async def test_phases_are_even_and_the_same_for_every_process(database: Database) -> None:
    everybody = [
        await linked(ConnectionStore(database), user=f"user-{number}") for number in range(200)
    ]

    phases = [phase(one) for one in everybody]

    assert phases == [phase(one) for one in everybody]
    assert all(0 <= turn < 1 for turn in phases)
    tenths = [sum(int(turn * 10) == tenth for turn in phases) for tenth in range(10)]
    assert min(tenths) >= 5
    assert max(tenths) <= 45


async def test_a_token_that_lives_for_seconds_is_not_renewed_all_the_time(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    """The lead is a share of the token's life."""
    sandbox.token_life("google", 100)
    await connect(gateway, "google")

    clock.advance(seconds=90 - 18 - 1)
    assert await gateway.services.renewal.round("google") == Round()
    clock.advance(seconds=18)
    assert await gateway.services.renewal.round("google") == Round(renewed=1)
    assert await gateway.services.renewal.round("google") == Round()


async def test_an_idle_connection_is_kept_alive(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    """Notion does not announce an expiry, but its refresh tokens must not stay unused."""
    await connect(gateway, "notion")
    mark = sandbox.mark()

    clock.advance(days=18, hours=23)
    assert await gateway.services.renewal.round("notion") == Round()
    clock.advance(days=1, hours=1)
    assert await gateway.services.renewal.round("notion") == Round(renewed=1)
    assert await gateway.services.renewal.round("notion") == Round()

    assert asked(sandbox, "notion", mark) == ["issued"]


@pytest.mark.requirement("D1")
async def test_two_workers_share_the_work_and_repeat_nothing(
    gateway: Harness, second: Harness, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    """This provider ends the grant if a refresh token is used twice."""
    users = await connect_users(gateway, "notion", 12)
    clock.advance(days=20)
    mark = sandbox.mark()

    both = await asyncio.gather(
        *(worker.services.renewal.round("notion") for worker in (gateway, second))
    )

    assert sum(tally.renewed for tally in both) >= len(
        users
    )  # both workers see and count every connection
    assert {tally.failed for tally in both} == {0}
    assert asked(sandbox, "notion", mark) == ["issued"] * len(users)
    for user in users:
        old = token_of(await gateway.token("notion", user))
        token_of(await gateway.token("notion", user, rejected_token_sha256=fingerprint(old)))


@pytest.mark.requirement("D1")
async def test_a_worker_does_not_wait_for_another_process(
    gateway: Harness, sandbox: SandboxProcess, store: Database
) -> None:
    """Its slot is free for the next connection; the holder of the lease stores the tokens."""
    await connect(gateway, "google")
    linked_id = (await connection(gateway))["id"]
    current = await ConnectionStore(store).get("default", linked_id)
    assert current is not None
    assert await RefreshLeases(store).claim(current) is not None
    config = gateway.services.catalog.oauth("google")
    mark = sandbox.mark()

    async with asyncio.timeout(5):
        found = await gateway.services.refresher.renew(config, current, in_need=False, wait=False)

    assert found is current
    assert asked(sandbox, "google", mark) == []


@pytest.mark.requirement("D7")
async def test_not_before_is_respected(
    gateway: Harness, sandbox: SandboxProcess, store: Database, clock: StoppedClock
) -> None:
    """The row holds it, so every worker respects it."""
    await connect(gateway, "google")
    clock.offset += STALE
    sandbox.fail("google", "rate_limited")
    mark = sandbox.mark()

    assert await gateway.services.renewal.round("google") == Round(failed=1)
    assert await gateway.services.renewal.round("google") == Round()
    assert asked(sandbox, "google", mark) == ["fault: rate_limited"]

    await end_cool_down(store)
    assert await gateway.services.renewal.round("google") == Round(renewed=1)


async def test_connections_that_need_their_user_are_skipped_and_counted(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    await connect(gateway, "google")
    await connect(gateway, "google", user="bob", account="google-work")
    revoke_at_google(sandbox, token_of(await gateway.token("google", "alice")))
    clock.offset += STALE
    mark = sandbox.mark()

    first = await gateway.services.renewal.round("google")
    with capture_logs() as logged:
        again = await gateway.services.renewal.round("google")

    assert first == Round(renewed=1, failed=1, needs_reauth=1)
    assert again == Round(needs_reauth=1)
    assert sorted(asked(sandbox, "google", mark)) == ["invalid_grant", "issued"]
    assert (await connection(gateway))["status"] == "needs_reauth"
    assert logged == [
        {
            "event": "connections_need_reauth",
            "log_level": "info",
            "connector": "google",
            "connections": 1,
        }
    ]


@pytest.mark.requirement("D4", "D5")
async def test_a_lost_answer_is_resolved_after_the_last_token_expires(
    gateway: Harness, sandbox: SandboxProcess, store: Database, clock: StoppedClock
) -> None:
    """The refresh token may be used up, and sending it again may end the grant."""
    browser = await gateway.browser("alice")
    assert await browser.connect("airtable", "ana.diaz@example.com") == "connected"
    clock.advance(minutes=59)
    sandbox.fail("airtable", "status_500")
    mark = sandbox.mark()

    assert await gateway.services.renewal.round("airtable") == Round(failed=1)
    await end_cool_down(store)
    assert await gateway.services.renewal.round("airtable") == Round()
    assert asked(sandbox, "airtable", mark) == ["fault: status_500"]
    clock.advance(minutes=1)
    assert await gateway.services.renewal.round("airtable") == Round(renewed=1)


async def test_a_worker_without_the_encryption_key_breaks_nothing_and_goes_on(
    gateway: Harness,
    mongodb_url: str,
    database_name: str,
    sandbox: SandboxProcess,
    clock: StoppedClock,
) -> None:
    """Rule 4: another worker may have the key. A round tries each connection once."""
    await connect_users(gateway, "google", 3)
    clock.advance(days=20)
    mark = sandbox.mark()

    async with running_gateway(
        mongodb_url,
        database_name,
        clock=clock,
        encryption_keys=f"k9:{new_encryption_key()}",
        sandbox=sandbox.url,
        public_url=GATEWAY_URL,
    ) as keyless:
        assert await keyless.services.renewal.round("google") == Round(failed=3)

    assert asked(sandbox, "google", mark) == []
    assert await gateway.services.renewal.round("google") == Round(renewed=3)


async def test_connectors_that_this_process_cannot_use_are_skipped(
    gateway: Harness, mongodb_url: str, database_name: str
) -> None:
    names = gateway.services.renewal.connectors()
    assert {"google", "notion", *KEYED} <= set(names)  # a round checks keys, too
    with_app = set(names) & {*WITH_OAUTH}
    oauth = [gateway.services.catalog.oauth(name) for name in with_app]
    assert all(config.supports_refresh or config.key is not None for config in oauth)

    async with running_gateway(mongodb_url, database_name, public_url=GATEWAY_URL) as bare:
        await connect(gateway, "google")
        gateway.clock.advance(seconds=86_400)
        assert await bare.services.renewal.round("google") == Round()
        await bare.services.apps.set("other", "google", "own", Secret("own-secret"))
        assert await bare.services.renewal.round("google") == Round()  # not its grant
        assert await bare.services.renewal.round("notion") == Round()  # nobody has an app


async def test_every_page_of_a_long_list_is_worked_through(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Failing rows at the head of the list do not hide the rest."""
    monkeypatch.setattr("gateway.services.renewal.BATCH", 2)
    await connect_users(gateway, "google", 7)
    clock.offset += STALE
    sandbox.fail("google", "rate_limited", count=4)

    assert await gateway.services.renewal.round("google") == Round(renewed=3, failed=4)
