"""The loop of contracts: waiting takes no time, and every wait is as long as it says."""

from __future__ import annotations

import asyncio
import time

from gateway.testing.hasty import HastyLoop


async def _waits() -> tuple[list[str], float]:
    order: list[str] = []
    loop, started = asyncio.get_running_loop(), asyncio.get_running_loop().time()

    async def note(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        order.append(name)

    async with asyncio.TaskGroup() as group:
        for name, seconds in (("late", 3600.0), ("early", 60.0), ("middle", 600.0)):
            group.create_task(note(name, seconds))
    try:
        async with asyncio.timeout(30):
            await asyncio.Event().wait()
    except TimeoutError:
        order.append("given up")
    return order, loop.time() - started


def test_waits_end_in_their_order_and_at_once() -> None:
    began = time.monotonic()
    with asyncio.Runner(loop_factory=HastyLoop) as runner:
        order, passed = runner.run(_waits())
    assert order == ["early", "middle", "late", "given up"]
    assert 3630 <= passed < 3640
    assert time.monotonic() - began < 5
