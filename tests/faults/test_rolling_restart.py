"""A rolling restart under load causes no failed call (security L3).

A minimal balancer stands in front of the fleet: it polls each process's readiness and sends no
calls to one that is not ready.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from gateway.server.shutdown import GRACE_SECONDS
from tests.faults.fleet import FULL, STRICT, Fleet, FleetProcess, running_fleet
from tests.faults.load import LIFE_SECONDS, Load, judge
from tests.support.loopback import NO_TLS
from tests.support.waiting import until

CALLERS, RESTARTS = (50, 6) if FULL else (8, 2)
ASK_SECONDS, DRAIN_SECONDS = 0.1, 8.0
"""Seconds between the balancer's polls, and seconds that a stopping process waits for them."""


class Balancer:
    """Sends calls to the ready processes in turn."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._ready: list[FleetProcess] = list(fleet.gateways)
        self._turn = 0

    def pick(self) -> FleetProcess:
        """Return the next ready process."""
        self._turn += 1
        return self._ready[self._turn % len(self._ready)]

    def sends_to(self, gateway: FleetProcess) -> bool:
        """Return whether calls go to this process."""
        return gateway in self._ready

    async def watch(self) -> None:
        """Poll readiness until cancelled."""
        async with httpx.AsyncClient(verify=NO_TLS, trust_env=False, timeout=5) as client:
            await asyncio.gather(*(self._watch(client, one) for one in self._fleet.gateways))

    async def _watch(self, client: httpx.AsyncClient, gateway: FleetProcess) -> None:
        while True:
            is_ready = await self._is_ready(client, gateway)
            # Read after the answer: meanwhile another watch may have taken a process out.
            others = [one for one in self._ready if one is not gateway]
            if is_ready:
                self._ready = [*others, gateway]
            elif others:
                self._ready = others
            await asyncio.sleep(ASK_SECONDS)

    async def _is_ready(self, client: httpx.AsyncClient, gateway: FleetProcess) -> bool:
        try:
            return (await client.get(f"{gateway.url}/readyz")).status_code == 200
        except httpx.TransportError:
            return False


@asynccontextmanager
async def balanced(fleet: Fleet) -> AsyncIterator[Balancer]:
    """Run a balancer in front of the fleet."""
    balancer = Balancer(fleet)
    watching = asyncio.create_task(balancer.watch())
    try:
        yield balancer
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def restart(gateway: FleetProcess, balancer: Balancer) -> float:
    """Restart a process as an orchestrator does; return the seconds until its end."""
    started = time.monotonic()
    gateway.process.send_signal(signal.SIGTERM)
    assert await gateway.over() == 0
    seconds = time.monotonic() - started

    async def is_back() -> bool:
        return balancer.sends_to(gateway)

    await gateway.start()
    await until(is_back)
    return seconds


@pytest.mark.requirement("D1", "L3")
async def test_a_rolling_restart_under_load_costs_no_call_and_no_refresh(
    tmp_path: Path, mongodb_url: str
) -> None:
    """Tokens live for two seconds, and the provider ends a grant on reuse."""
    async with running_fleet(tmp_path, mongodb_url, lease=30, drain=DRAIN_SECONDS) as fleet:
        fleet.sandbox.token_life(STRICT, LIFE_SECONDS)
        await fleet.connect("alice", STRICT)
        async with balanced(fleet) as balancer:
            mark, load = fleet.sandbox.mark(), Load("alice", balancer.pick)
            over = asyncio.Event()
            calling = asyncio.create_task(load.run_until(fleet, over, callers=CALLERS))
            took = []
            try:
                for number in range(RESTARTS):
                    gateway = fleet.gateways[number % len(fleet.gateways)]
                    took.append(await restart(gateway, balancer))
            finally:
                over.set()
            await calling  # raises the error of a failed call
        print(f"{load.calls} calls during {RESTARTS} restarts, which took {took} s to end")
        assert load.calls > CALLERS * RESTARTS
        assert max(took) < GRACE_SECONDS
        await judge(fleet, load, mark)
