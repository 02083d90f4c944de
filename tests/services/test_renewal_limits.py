"""Renewal while a provider hangs, under its limits, and when the process stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway.sandbox.link import link_sandbox
from gateway.services.renewal import Renewal, Round
from gateway.services.tokens import Wanted
from gateway.settings.environment import Driver
from gateway.store.mongo import open_database
from gateway.store.renewal_queue import RenewalQueue
from gateway.wiring.knobs import Knobs
from gateway.wiring.process import open_services
from gateway.worker import work
from tests.services.test_renewal import STALE, connect_users
from tests.support.gate import gate_at
from tests.support.gateway import Harness
from tests.support.sandbox import SandboxProcess
from tests.support.tokens import StoppedClock, asked, connect, token_of
from tests.support.waiting import until

GOOGLE = "oauth2.googleapis.com"


class Turnstile:
    """Holds every refresh just before its request is sent, and counts those held."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.inside = 0
        self.most = 0

    async def __call__(self, step: str) -> None:
        """Hold a refresh at its checkpoint."""
        if step != "mark":
            return
        self.inside += 1
        self.most = max(self.most, self.inside)
        await self.open.wait()
        await asyncio.sleep(0)  # let further refreshes start, if they may
        self.inside -= 1


@asynccontextmanager
async def renewing(
    gateway: Harness, turnstile: Turnstile, concurrency: int
) -> AsyncIterator[Renewal]:
    """A second worker on the gateway's database, whose refreshes pass the turnstile."""
    settings, url = gateway.settings, gateway.settings.mongodb_url.get_secret_value()
    link = await link_sandbox(settings, {})
    async with (
        open_services(
            settings, {}, sandbox=link, clock=gateway.clock, knobs=Knobs(checkpoint=turnstile)
        ) as of,
        open_database(url, settings.mongodb_database, Driver.MOTOR) as database,
    ):
        try:
            yield Renewal(
                due=RenewalQueue(database),
                refresher=of.refresher,
                pasted=of.pasted,
                catalog=of.catalog,
                apps=of.apps,
                clock=gateway.clock,
                concurrency=concurrency,
            )
        finally:
            turnstile.open.set()


async def stay(turnstile: Turnstile, inside: int) -> None:
    """Wait until this many are held, and check that no further one follows."""

    async def full() -> bool:
        return turnstile.inside == inside

    await until(full)
    await asyncio.wait({asyncio.create_task(turnstile.open.wait())}, timeout=0.3)
    assert turnstile.inside == inside


@pytest.mark.requirement("L2")
async def test_a_provider_that_hangs_does_not_hold_up_another(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    """The other connectors' rounds continue."""
    await connect(gateway, "shopify", shop="acme")
    stop = asyncio.Event()
    url, name = gateway.settings.mongodb_url, gateway.settings.mongodb_database
    async with (
        open_database(url.get_secret_value(), name, Driver.MOTOR) as database,
        gate_at(gateway, GOOGLE) as gate,
    ):
        rows = database.collection("connections")
        await connect_users(gateway, "google", 3)
        clock.offset += STALE
        mark = sandbox.mark()
        gate.hold_next()
        working = asyncio.create_task(work([gateway.services.renewal], stop, rest=lambda: 0.1))
        await gate.held()

        for generation in (2, 3):

            async def stored(generation: int = generation) -> bool:
                return await rows.count({"connector": "shopify", "generation": generation}) == 1

            await until(stored)
            clock.offset += STALE
        assert asked(sandbox, "shopify", mark)[:2] == ["issued"] * 2
        # The hanging provider has blocked only its own second round.
        assert len(asked(sandbox, "google", mark)) <= 3
        stop.set()
        gate.release()
        await working
    assert asked(sandbox, "google", mark) == ["issued"] * 3


@pytest.mark.requirement("L2")
@pytest.mark.parametrize(
    ("concurrency", "at_once"),
    [(8, 4), (4, 2), (3, 2), (1, 1)],
    ids=["two of each", "one of each", "at least one of each", "one in all"],
)
async def test_concurrency_limits_hold_in_total_and_for_each_connector(
    gateway: Harness, clock: StoppedClock, concurrency: int, at_once: int
) -> None:
    """One connector gets at most a fourth of the concurrency."""
    await connect_users(gateway, "google", 4)
    await connect_users(gateway, "shopify", 4, shop="acme")
    clock.offset += STALE
    turnstile = Turnstile()

    async with renewing(gateway, turnstile, concurrency) as renewal:
        rounds = asyncio.gather(*(renewal.round(name) for name in ("google", "shopify")))
        await stay(turnstile, at_once)
        turnstile.open.set()
        assert await rounds == [Round(renewed=4), Round(renewed=4)]
    assert turnstile.most == at_once


@pytest.mark.requirement("D4", "L3")
async def test_after_a_stop_no_refresh_begins_and_those_that_run_are_stored(
    gateway: Harness, sandbox: SandboxProcess, clock: StoppedClock
) -> None:
    users = await connect_users(gateway, "google", 4)
    old = {token_of(await gateway.token("google", user)) for user in users}
    clock.offset += STALE
    mark = sandbox.mark()
    turnstile, stop = Turnstile(), asyncio.Event()

    async with renewing(gateway, turnstile, 4) as renewal:
        working = asyncio.create_task(work([renewal], stop, rest=lambda: 0.1))
        await stay(turnstile, 1)
        stop.set()
        await asyncio.wait({working}, timeout=0.2)
        assert not working.done()
        turnstile.open.set()
        await working
        assert await renewal.round("google") == Round()

    assert asked(sandbox, "google", mark) == ["issued"]
    tokens = gateway.services.tokens
    wanted = [Wanted(connector="google", tenant="default", user=user) for user in users]
    clock.offset -= STALE  # so that reading does not renew
    now = {(await tokens.get(one)).access_token.reveal() for one in wanted}
    assert len(now - old) == 1
