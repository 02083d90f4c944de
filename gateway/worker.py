"""The worker process: renews tokens and repeats failed hooks until a signal stops it.

Each connector has its own loop. The loops share only the limit on concurrency, so a hanging
provider delays no other connector. The worker also delivers events (``gateway.webhooks.delivery``).
It has no other duties: TTL indexes remove flows and sessions, and leases expire.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Protocol

from gateway.audit.context import WORKER, act_as
from gateway.errors import StoreUnavailable
from gateway.observe.logs import get_logger
from gateway.server.readiness import Readiness
from gateway.server.run import end_in_time
from gateway.server.shutdown import REQUESTS_SECONDS

_log = get_logger()

REST_SECONDS = 30.0
"""Average pause between two rounds of a connector; much shorter than a renewal's lead."""

UntilStopped = Callable[[asyncio.Event], Coroutine[Any, Any, None]]
"""A task of the worker that ends when the event is set."""


class Rounds(Protocol):
    """A duty of the worker for each connector: renewals, or hooks that failed."""

    def connectors(self) -> tuple[str, ...]: ...
    def stop(self) -> None: ...
    async def round(self, connector: str) -> Any: ...


def rest_seconds() -> float:
    """Return a random pause, so that workers that start together do not stay in step."""
    return REST_SECONDS * (0.5 + random.random())  # noqa: S311 - spreads load, protects nothing


async def work_until_signal(
    duties: Sequence[Rounds],
    readiness: Readiness,
    *,
    rest: Callable[[], float] = rest_seconds,
    also: UntilStopped | None = None,
) -> None:
    """Work until SIGINT or SIGTERM, which stops ``readiness``; then finish running refreshes."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def signalled() -> None:
        if not stop.is_set():
            end_in_time()
            readiness.stop()
            stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, signalled)
    await work(duties, stop, rest=rest, also=also)


async def work(
    duties: Sequence[Rounds],
    stop: asyncio.Event,
    *,
    rest: Callable[[], float] = rest_seconds,
    also: UntilStopped | None = None,
) -> None:
    """Do the rounds of every connector until ``stop`` is set, beside the task ``also``.

    Rounds that still run ``REQUESTS_SECONDS`` after ``stop`` are cancelled; ``Refresher.close``
    waits for their refreshes. ``rest`` returns the seconds between two rounds of a connector.
    """
    act_as(WORKER)
    loops = [(duty, name) for duty in duties for name in duty.connectors()]
    _log.info("worker_started", connectors=len({name for _, name in loops}))
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(None) as grace, asyncio.TaskGroup() as tasks:
            for duty, connector in loops:
                tasks.create_task(_run_loop(duty, connector, stop, rest))
            if also is not None:
                tasks.create_task(also(stop))
            await stop.wait()
            for duty in duties:
                duty.stop()
            grace.reschedule(asyncio.get_running_loop().time() + REQUESTS_SECONDS)
    _log.info("worker_stopped")


async def _run_loop(
    duty: Rounds, connector: str, stop: asyncio.Event, rest: Callable[[], float]
) -> None:
    while not stop.is_set():
        try:
            await duty.round(connector)
        except StoreUnavailable:
            _log.warning("renewal_without_database", connector=connector)
        except Exception as error:
            # A defect in one connector must not end the loops of the others.
            _log.exception("renewal_round_failed", connector=connector, exc_info=error)
        try:
            async with asyncio.timeout(rest()):
                await stop.wait()
        except TimeoutError:
            continue
