"""Waiting for another process or for the database's clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio

PATIENCE_SECONDS = 60
"""The deadline of every wait: only a broken or overloaded machine reaches it."""


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Return once ``condition`` holds; ``TimeoutError`` if that takes too long."""
    with anyio.fail_after(PATIENCE_SECONDS):
        while not await condition():  # noqa: ASYNC110 - waits for another task
            await anyio.sleep(0.01)
