"""A task beside everything else ends with its context, even if a cancellation of it is lost."""

from __future__ import annotations

import asyncio

import pytest

from gateway.background import in_background


@pytest.mark.requirement("L3")
async def test_a_task_that_loses_cancellations_ends_with_its_context() -> None:
    """What ``wait_for`` does to PyMongo before Python 3.12 holds up neither a start nor a stop."""
    lost = 0

    async def work() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if lost == 2:
                    raise
                lost += 1

    async with asyncio.timeout(10):
        async with in_background(work()):
            await asyncio.sleep(0)
    assert lost == 2


async def test_an_error_that_ended_a_task_is_raised_when_its_context_ends() -> None:
    async def work() -> None:
        raise RuntimeError("a defect")

    with pytest.raises(RuntimeError, match="a defect"):
        async with in_background(work()):
            await asyncio.sleep(0)
