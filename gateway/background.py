"""Background tasks that end reliably."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

CANCEL_AGAIN = 0.2  # seconds


@asynccontextmanager
async def in_background(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run ``work`` as a task while the context lasts; raise its error, if any, at the end.

    Cancelling once is not enough: before Python 3.12, ``wait_for`` loses a cancellation that
    arrives at the moment it completes (python/cpython#86296), and PyMongo uses it. The task would
    continue, and the process would neither start nor stop.
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
