"""A web process that kills or stops itself at a chosen step of a refresh.

``python -m tests.faults.fleet_process`` is ``python -m gateway serve``, except that at each step of
a refresh it reads the order that the test left in the file ``FAULTS_ORDER``. An order is JSON:
``step`` (claim, mark, answer or store), ``count`` (refreshes that must reach the step) and
``signal`` (which the process then sends to itself). Four more variables are in seconds:
``FAULTS_LEASE`` and ``FAULTS_PROVIDER`` shorten the lease and the wait for a provider,
``FAULTS_SOONER`` shortens the shutdown, and ``FAULTS_CLOCK`` moves the clock. The file
``FAULTS_JUMP`` holds the seconds by which the database's clock is off now, and ``FAULTS_PAUSE`` is
how many seconds a refresh takes between the provider's answer and its record.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gateway.clock
import gateway.server.shutdown
import gateway.store.clock
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
        self._pause = float(os.environ.get("FAULTS_PAUSE", "0"))

    async def __call__(self, step: str) -> None:
        """Receive a checkpoint; continue unless an order names ``step``."""
        if step == "answer" and self._pause:
            await asyncio.sleep(self._pause)
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


class JumpingHandle:
    """A driver's collection in whose requests ``$$NOW`` is off by the seconds in a file."""

    def __init__(self, handle: Any, jump: Callable[[], float]) -> None:
        self._handle = handle
        self._jump = jump

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._handle, name)
        if name not in _WITH_NOW:
            return attribute
        return lambda *args, **options: attribute(*map(self._moved, args), **options)

    def _moved(self, part: Any) -> Any:
        if part == "$$NOW":
            return {"$add": ["$$NOW", int(self._jump() * 1000)]}
        if isinstance(part, dict):
            return {name: self._moved(value) for name, value in part.items()}
        return [*map(self._moved, part)] if isinstance(part, list) else part


SET_EVERY = 0.5
"""Seconds between two looks at the database's clock."""

_WITH_NOW = {"find", "find_one", "find_one_and_update", "update_one", "update_many"}


def _let_the_databases_clock_jump(file: Path) -> None:
    """Tell every time of the database as if its clock were off by the seconds in ``file``.

    Its times are ``$$NOW`` in requests, the answer to ``hello``, and ``wallTime`` of changes.
    """
    from gateway.store import mongo

    def jump() -> float:
        return float(file.read_text()) if file.exists() else 0.0

    gateway.store.clock.SET_EVERY = SET_EVERY
    collection, now, next_ = mongo.Database.collection, mongo.Database.now, mongo.Changes.next

    def jumping_collection(self: mongo.Database, name: str) -> mongo.Collection:
        made = collection(self, name)
        made._handle = JumpingHandle(made._handle, jump)
        return made

    async def jumping_now(self: mongo.Database) -> datetime:
        return await now(self) + timedelta(seconds=jump())

    async def jumping_next(self: mongo.Changes) -> mongo.Document | None:
        change = await next_(self)
        if change is not None and "wallTime" in change:
            change["wallTime"] += timedelta(seconds=jump())
        return change

    mongo.Database.collection = jumping_collection  # type: ignore[method-assign]
    mongo.Database.now = jumping_now  # type: ignore[method-assign]
    mongo.Changes.next = jumping_next  # type: ignore[method-assign]


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
        takeover_seconds=float(os.environ["FAULTS_LEASE"]),
        provider_seconds=float(os.environ["FAULTS_PROVIDER"]),
    )


async def _serve() -> None:
    _move_the_clock(float(os.environ["FAULTS_CLOCK"]))
    _let_the_databases_clock_jump(Path(os.environ["FAULTS_JUMP"]))
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
