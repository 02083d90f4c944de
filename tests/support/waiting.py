"""Waiting for what gives no sign: another process, or the clock of the database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio

PATIENCE_SECONDS = 60
"""Nobody waits for so long but where something is broken, or a machine has far too much to do."""


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Return once ``condition`` holds; ``TimeoutError`` if that takes too long."""
    with anyio.fail_after(PATIENCE_SECONDS):
        while not await condition():  # noqa: ASYNC110 - waits for another task
            await anyio.sleep(0.01)
