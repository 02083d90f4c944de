"""Going on through a database that is away for a while: an election, a primary that stands still.

A write that was not acknowledged may have been done. Who drops it leaves a lease that nobody gives
back, or loses an answer that exists nowhere else; so it is repeated until the database says what
became of it (security D4, K2). Only for what may be done twice: see ``gateway.store.refresh_leases``.
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
"""Between two tries. Short: each of them waits for a primary, and ends when there is one."""


async def through_outage(
    attempt: Callable[[], Awaitable[T]],
    *,
    event: str,
    connection: str,
    ends: Callable[[], bool] = lambda: False,
) -> T:
    """What ``attempt`` returns, once the database answers.

    ``event`` is logged, with the id of the ``connection``, when it does not. Raises
    ``StoreUnavailable`` as soon as ``ends`` says that there is no more use in it.
    """
    while True:
        try:
            return await attempt()
        except StoreUnavailable:
            if ends():
                raise
            _log.error(event, connection=connection)
            await asyncio.sleep(RETRY_SECONDS)
