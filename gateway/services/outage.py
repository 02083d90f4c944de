"""Retries through a short outage of the database, such as an election of its primary.

A write without an acknowledgement may have happened. Dropping it could leave a lease unreleased or
lose a provider's response, so it is repeated until the database confirms the result (security D4,
K2). Only idempotent writes may do this: see ``gateway.store.refresh_leases``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from gateway.errors import StoreUnavailable
from gateway.observe.logs import get_logger

_log = get_logger()
T = TypeVar("T")

RETRY_SECONDS = 0.2
"""Pause between two attempts. It is short, because each attempt itself waits for a primary."""


async def through_outage(
    attempt: Callable[[], Awaitable[T]],
    *,
    event: str,
    connection: str,
    ends: Callable[[], bool] = lambda: False,
) -> T:
    """Repeat ``attempt`` until the database answers, and return its result.

    ``event`` is logged for each repetition. Raises ``StoreUnavailable`` if an attempt failed and
    ``ends`` says that a further one is useless.
    """
    while True:
        try:
            return await attempt()
        except StoreUnavailable:
            if ends():
                raise
            _log.error(event, connection=connection)
            await asyncio.sleep(RETRY_SECONDS)
