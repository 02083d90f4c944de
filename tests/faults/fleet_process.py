"""A web process that kills or stops itself at a chosen step of a refresh.

``python -m tests.faults.fleet_process`` is ``python -m gateway serve``, except that at each step of
a refresh it reads the order that the test left in the file ``FAULTS_ORDER``. An order is JSON:
``step`` (claim, mark, answer or store), ``count`` (refreshes that must reach the step) and
``signal`` (which the process then sends to itself). Four more variables are in seconds:
``FAULTS_LEASE`` and ``FAULTS_PROVIDER`` shorten the lease and the wait for a provider,
``FAULTS_SOONER`` shortens the shutdown, and ``FAULTS_CLOCK`` moves the clock.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import gateway.clock
import gateway.server.shutdown
from gateway.observe.logs import configure_logs
from gateway.sandbox.link import link_sandbox
from gateway.server.readiness import Readiness
from gateway.settings.environment import read_environment, read_settings

if TYPE_CHECKING:
    from gateway.wiring.knobs import Knobs
    from gateway.wiring.process import Services


class Orders:
    """Carries out the order in the file, once."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._waiting = 0
        self._over = asyncio.Event()

    async def __call__(self, step: str) -> None:
        """Receive a checkpoint; continue unless an order names ``step``."""
        try:
            order = json.loads(self._file.read_text())
        except FileNotFoundError:
            return
        if order["step"] != step:
            return
        self._waiting += 1
        if self._waiting < order["count"]:
            await self._over.wait()
            return
        self._file.unlink()
        os.kill(os.getpid(), signal.Signals[order["signal"]])
        # After SIGSTOP and SIGCONT the process goes on here.
        self._over.set()
        self._waiting, self._over = 0, asyncio.Event()


def _move_the_clock(seconds: float) -> None:
    """Move this machine's time of day by ``seconds``, for modules that are imported later."""
    right = gateway.clock.utc_now

    def utc_now() -> datetime:
        return right() + timedelta(seconds=seconds)

    gateway.clock.utc_now = utc_now


def _end_sooner(seconds: int) -> None:
    """Shorten this process's shutdown by ``seconds``, for modules that are imported later."""
    gateway.server.shutdown.REQUESTS_SECONDS -= seconds
    gateway.server.shutdown.REFRESHES_SECONDS -= seconds
    gateway.server.shutdown.LAST_SECONDS -= seconds


def knobs_of(orders: Orders) -> Knobs:
    """Return the knobs that the test set."""
    from gateway.wiring.knobs import Knobs

    return Knobs(
        checkpoint=orders,
        lease_seconds=int(os.environ["FAULTS_LEASE"]),
        provider_seconds=float(os.environ["FAULTS_PROVIDER"]),
    )


async def _serve() -> None:
    _move_the_clock(float(os.environ["FAULTS_CLOCK"]))
    from gateway.server.run import serve, server_for
    from gateway.web.app import create_app
    from gateway.wiring.process import open_services

    settings, env = read_settings(), read_environment()
    configure_logs(settings.log_level, settings.log_format)
    link = await link_sandbox(settings, env)
    readiness = Readiness()
    orders = Orders(Path(os.environ["FAULTS_ORDER"]))

    def opened() -> AbstractAsyncContextManager[Services]:
        return open_services(
            settings, env, sandbox=link, knobs=knobs_of(orders), readiness=readiness
        )

    app = create_app(settings, opened)
    server = server_for(app, host=settings.host, port=settings.port, lifespan="on")
    await serve([server], on_signal=readiness.stop, drain_seconds=settings.drain)


if __name__ == "__main__":
    _end_sooner(int(os.environ["FAULTS_SOONER"]))
    from gateway.server.run import run

    run(_serve())
