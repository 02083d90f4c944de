"""Tokens from memory: the same responses as from the database, and no stale ones."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gateway.access.bounds import Bounds
from gateway.access.identity import DEFAULT_TENANT
from gateway.services.tokens import IssuedToken, Wanted
from tests.conftest import GATEWAY_URL
from tests.support.gateway import Harness, running_gateway
from tests.support.sandbox import SandboxProcess
from tests.support.tokens import (
    StoppedClock,
    connect,
    connection,
    connections,
    disconnect,
    expiry_of,
    fingerprint,
    force,
    problem_of,
    token_of,
)


@pytest.fixture
async def uncached(
    gateway: Harness,
    mongodb_url: str,
    database_name: str,
    sandbox: SandboxProcess,
    clock: StoppedClock,
) -> AsyncIterator[Harness]:
    """A second process of the deployment, with ``GATEWAY_TOKEN_CACHE=off``."""
    async with running_gateway(
        mongodb_url,
        database_name,
        clock=clock,
        encryption_keys=gateway.settings.encryption_keys.get_secret_value(),
        sandbox=sandbox.url,
        public_url=GATEWAY_URL,
        token_cache=False,
    ) as harness:
        yield harness


async def read(gateway: Harness, account: str | None = None) -> IssuedToken:
    """Return the service's result: a cached one is the same object."""
    return await gateway.services.tokens.get(
        Wanted(connector="google", tenant=DEFAULT_TENANT, user="alice", account=account)
    )


async def test_a_read_is_served_from_memory_until_its_use_is_due_for_recording(
    gateway: Harness, clock: StoppedClock
) -> None:
    await connect(gateway, "google")
    await read(gateway)

    first = await read(gateway)
    assert await read(gateway) is first
    clock.advance(seconds=59.999)
    assert await read(gateway) is first
    clock.advance(seconds=0.001)
    later = await read(gateway)
    assert later is not first
    assert (await connection(gateway))["last_used_at"] is not None


async def test_with_the_setting_off_each_read_asks_the_database(uncached: Harness) -> None:
    await connect(uncached, "google")
    await read(uncached)
    assert await read(uncached) is not await read(uncached)


async def test_memory_and_database_answer_alike(
    gateway: Harness, uncached: Harness, clock: StoppedClock
) -> None:
    await connect(gateway, "google")
    await gateway.token("google", "alice")
    for seconds in (0, 1, 58):
        clock.advance(seconds=seconds)
        remembered = await gateway.token("google", "alice")
        asked = await uncached.token("google", "alice")
        assert remembered.json() == asked.json()
        names = {"content-type", "cache-control", "content-length"}
        assert {name: remembered.headers[name] for name in names} == {
            name: asked.headers[name] for name in names
        }


async def test_a_token_that_is_due_for_a_refresh_is_not_served_from_memory(
    gateway: Harness, clock: StoppedClock
) -> None:
    await connect(gateway, "google")
    answer = await gateway.token("google", "alice")
    old = token_of(answer)
    clock.go_to(expiry_of(answer))
    clock.advance(seconds=-60.001)
    assert token_of(await gateway.token("google", "alice")) == old  # and cached again
    assert await read(gateway) is await read(gateway)

    clock.advance(seconds=0.001)
    assert token_of(await gateway.token("google", "alice")) != old


async def test_a_token_with_too_little_life_is_not_served_from_memory(
    gateway: Harness, clock: StoppedClock
) -> None:
    await connect(gateway, "google")
    old = token_of(await gateway.token("google", "alice"))
    clock.advance(minutes=50)
    assert token_of(await gateway.token("google", "alice", min_seconds=500)) == old
    assert token_of(await gateway.token("google", "alice", min_seconds=900)) != old


@pytest.mark.requirement("D9")
async def test_a_refused_token_and_a_forced_refresh_bypass_memory(gateway: Harness) -> None:
    await connect(gateway, "google")
    old = [token_of(await gateway.token("google", "alice")) for _ in range(2)][-1]

    reported = await gateway.token("google", "alice", rejected_token_sha256=fingerprint(old))
    assert token_of(reported) != old
    forced = token_of(await force(gateway, "google"))
    assert forced not in {old, token_of(reported)}
    for _ in range(2):
        assert token_of(await gateway.token("google", "alice")) == forced


async def test_a_disconnect_takes_effect_immediately_for_its_caller(gateway: Harness) -> None:
    await connect(gateway, "google")
    for _ in range(2):
        token_of(await gateway.token("google", "alice"))

    assert (await disconnect(gateway, (await connection(gateway))["id"])).is_success

    answer = await gateway.token("google", "alice")
    assert problem_of(answer) == (409, "connector_required")


async def test_a_new_default_takes_effect_immediately_for_its_caller(gateway: Harness) -> None:
    await connect(gateway, "google")
    await connect(gateway, "google", account="google-work")
    first = (await read(gateway)).connection.id
    assert (await read(gateway)).connection.id == first
    (other,) = [found for found in await connections(gateway) if found["id"] != first]

    chosen = await gateway.services.connections.get(Bounds(tenant=DEFAULT_TENANT), other["id"])
    await gateway.services.connections.set_default(chosen)

    assert (await read(gateway)).connection.id == other["id"]


async def test_a_label_is_remembered_for_the_default_account_alone(gateway: Harness) -> None:
    """A third account may take the label of another one without a change of that row."""
    await connect(gateway, "google")
    await connect(gateway, "google", account="google-work")
    for found in await connections(gateway):
        for name in ("id", "external_account_id", "account_label"):
            await read(gateway, found[name])
            again = await read(gateway, found[name]) is await read(gateway, found[name])
            assert again is (found["is_default"] or name != "account_label")
