"""A provider that accepts connections and never answers delays only its own callers (L2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import cast

import anyio
import httpx
import pytest

from gateway.access.service_keys import Role
from gateway.settings.environment import HostPort
from tests.conftest import GATEWAY_URL
from tests.support.gateway import Harness, running_gateway
from tests.support.peer import Peer, listening, silence
from tests.support.sandbox import SandboxProcess
from tests.support.series import value
from tests.support.tokens import StoppedClock, connect, connections, force, problem_of, token_of
from tests.support.waiting import PATIENCE_SECONDS, until

GOOGLE = "oauth2.googleapis.com"
SLOTS = 2


@pytest.fixture
async def narrow(
    gateway: Harness,
    mongodb_url: str,
    database_name: str,
    sandbox: SandboxProcess,
    clock: StoppedClock,
) -> AsyncIterator[Harness]:
    """A second process with few slots and no reusable connection to a provider."""
    async with running_gateway(
        mongodb_url,
        database_name,
        clock=clock,
        encryption_keys=gateway.settings.encryption_keys.get_secret_value(),
        sandbox=sandbox.url,
        public_url=GATEWAY_URL,
        provider_concurrency=SLOTS,
    ) as harness:
        await harness.key(Role.TOKENS)
        yield harness


@asynccontextmanager
async def black_hole(gateway: Harness, host: str) -> AsyncIterator[Peer]:
    """Make ``host`` accept connections and never answer; restore it at the end."""
    reroutes = cast(
        MutableMapping[str, HostPort], gateway.services.public_addresses.policy.reroutes
    )
    original = reroutes[host]
    try:
        async with listening(silence) as peer:
            reroutes[host] = ("127.0.0.1", peer.port)
            yield peer
    finally:
        reroutes[host] = original


async def all_taken(gateway: Harness, peer: Peer) -> list[asyncio.Task[httpx.Response]]:
    """Start callers that hold every slot of the connector; return when they do."""
    callers = [asyncio.create_task(force(gateway, "google", user)) for user in ("alice", "bob")]

    async def taken() -> bool:
        return peer.connections == SLOTS

    await until(taken)
    return callers


@pytest.mark.requirement("L2")
async def test_a_black_holed_connector_holds_up_no_other(
    gateway: Harness, narrow: Harness, sandbox: SandboxProcess
) -> None:
    """Refreshes, reads and connect flows of another connector all succeed."""
    for user in ("alice", "bob"):
        await connect(gateway, "google", user=user)
    await connect(gateway, "notion")
    before = token_of(await narrow.token("notion", "alice"))
    async with black_hole(narrow, GOOGLE) as peer:
        callers = await all_taken(narrow, peer)

        for _ in range(20):
            after = token_of(await force(narrow, "notion"))
            assert after != before
            before = after
        await connect(narrow, "notion", user="carol")
        await connect(narrow, "shopify", shop="acme")

        # None of them waited for the first callers' time-outs.
        assert not any(caller.done() for caller in callers)
    with anyio.fail_after(PATIENCE_SECONDS):
        for answer in await asyncio.gather(*callers):
            assert problem_of(answer) == (503, "provider_unavailable")


async def test_a_caller_without_a_slot_gets_503_sends_nothing_and_loses_nothing(
    gateway: Harness, narrow: Harness, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    """Rules 3 and 4: a valid token is served, and the connection stays unchanged."""
    for user in ("alice", "bob", "carol"):
        await connect(gateway, "google", user=user)
    current = token_of(await narrow.token("google", "carol"))
    mark = sandbox.mark()
    async with black_hole(narrow, GOOGLE) as peer:
        callers = await all_taken(narrow, peer)

        refused = await force(narrow, "google", "carol")
        assert problem_of(refused) == (503, "provider_unavailable")
        assert refused.headers["retry-after"] == "1"
        clock.advance(minutes=59, seconds=30)
        assert token_of(await narrow.token("google", "carol")) == current

        assert peer.connections == SLOTS
        assert not any(caller.done() for caller in callers)
    await asyncio.gather(*callers)
    assert sandbox.token_requests("google", after=mark) == []
    (linked,) = await connections(narrow, "carol")
    assert linked["status"] == "active"
    metrics = narrow.services.metrics
    assert value(metrics, "gateway_provider_requests_total", result="no_slot") == 1
    assert value(metrics, "gateway_provider_requests_in_flight") == 0
