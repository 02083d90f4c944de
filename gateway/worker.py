"""The worker process: rounds of renewal for each connector, until a signal comes.

The lanes share nothing but the cap on concurrency: each rests and goes on by itself, whatever
another one's provider does. Beside them events are delivered (``gateway.webhooks.delivery``).
There is nothing else to do: flows and sessions are removed by TTL indexes, and leases end by
themselves.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
from collections.abc import Callable, Coroutine
from typing import Any

from gateway.audit.context import WORKER, act_as
from gateway.errors import StoreUnavailable
from gateway.observe.logs import get_logger
from gateway.server.readiness import Readiness
from gateway.server.run import end_in_time
from gateway.server.shutdown import REQUESTS_SECONDS
from gateway.services.renewal import Renewal

_log = get_logger()

REST_SECONDS = 30.0
"""Between two rounds of a connector, on average. Much shorter than the lead of a renewal."""

Beside = Callable[[asyncio.Event], Coroutine[Any, Any, None]]
"""What a worker does beside renewal, until it is told to stop."""


def rest_seconds() -> float:
    """How long to rest this time: workers that started together do not stay in step."""
    return REST_SECONDS * (0.5 + random.random())  # noqa: S311 - spreads load, protects nothing


async def work_until_signal(
    renewal: Renewal,
    readiness: Readiness,
    *,
    rest: Callable[[], float] = rest_seconds,
    beside: Beside | None = None,
) -> None:
    """Work until SIGINT or SIGTERM; then finish the refreshes that run, and store what they yield.

    ``readiness`` is told of the signal.
    """
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    def signalled() -> None:
        if not stop.is_set():
            end_in_time()
            readiness.stop()
            stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, signalled)
    await work(renewal, stop, rest=rest, beside=beside)


async def work(
    renewal: Renewal,
    stop: asyncio.Event,
    *,
    rest: Callable[[], float] = rest_seconds,
    beside: Beside | None = None,
) -> None:
    """Run rounds of every connector until ``stop`` is set and the refreshes under way are done.

    ``rest`` says how many seconds a lane rests after each round; ``beside`` ends by itself at ``stop``. Rounds that are not over
    ``REQUESTS_SECONDS`` after ``stop`` are left; ``Refresher.close`` waits for their refreshes.
    """
    act_as(WORKER)
    connectors = renewal.connectors()
    _log.info("worker_started", connectors=len(connectors))
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(None) as grace, asyncio.TaskGroup() as bulkhead:
            for connector in connectors:
                bulkhead.create_task(_run_lane(renewal, connector, stop, rest))
            if beside is not None:
                bulkhead.create_task(beside(stop))
            await stop.wait()
            renewal.stop()
            grace.reschedule(asyncio.get_running_loop().time() + REQUESTS_SECONDS)
    _log.info("worker_stopped")


async def _run_lane(
    renewal: Renewal, connector: str, stop: asyncio.Event, rest: Callable[[], float]
) -> None:
    while not stop.is_set():
        try:
            await renewal.round(connector)
        except StoreUnavailable:
            _log.warning("renewal_without_database", connector=connector)
        except Exception as error:
            # A defect that one connector's rows bring out must not end the others' lanes.
            _log.exception("renewal_round_failed", connector=connector, exc_info=error)
        try:
            async with asyncio.timeout(rest()):
                await stop.wait()
        except TimeoutError:
            continue
