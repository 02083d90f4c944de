"""A task of the process that goes on beside everything else, and surely ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

CANCEL_AGAIN = 0.2  # seconds


@asynccontextmanager
async def in_background(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """A task that goes on for as long as the context lasts. An error that ended it is raised there.

    Cancelling once is not enough: before Python 3.12, ``wait_for`` loses a cancellation that comes in
    the moment in which it is done (python/cpython#86296), and PyMongo waits with it. The task would
    go on, and the process neither start nor stop.
    """
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        while not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=CANCEL_AGAIN)
        if not task.cancelled():
            task.result()
