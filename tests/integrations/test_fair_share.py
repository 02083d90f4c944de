"""Slots that tenants share: nobody waits for the whole queue of somebody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from gateway.integrations.fair_share import FairShare


class Work:
    """Work that begins when it gets a slot, and ends when a test says so."""

    def __init__(self, slots: int) -> None:
        self.share = FairShare(slots)
        self.began: list[str] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.ends: dict[str, asyncio.Event] = {}

    async def begin(self, tenant: str, name: str) -> None:
        """Ask for a slot."""
        self.ends[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._run(tenant, name))
        await asyncio.sleep(0)

    async def end(self, name: str) -> None:
        """Give the slot back, and let those who wait for it begin."""
        self.ends[name].set()
        await self.tasks[name]
        await asyncio.sleep(0)

    async def _run(self, tenant: str, name: str) -> None:
        async with self.share.slot(tenant):
            self.began.append(name)
            await self.ends[name].wait()


@pytest.fixture
async def begun() -> AsyncIterator[Callable[[int], Work]]:
    """Makes work, and ends what is left of it."""
    made: list[Work] = []

    def make(slots: int) -> Work:
        made.append(Work(slots))
        return made[-1]

    yield make
    tasks = [task for work in made for task in work.tasks.values()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_tenant_with_much_work_leaves_a_slot_to_others(
    begun: Callable[[int], Work],
) -> None:
    work = begun(3)
    for number in range(5):
        await work.begin("many", f"m{number}")
    assert work.began == ["m0", "m1"]
    await work.begin("few", "f0")
    assert work.began == ["m0", "m1", "f0"]


async def test_free_slots_go_to_tenants_in_turn(begun: Callable[[int], Work]) -> None:
    work = begun(2)
    for name in ("m0", "m1", "m2", "m3"):
        await work.begin("many", name)
    for name in ("o0", "o1", "o2"):
        await work.begin("other", name)
    await work.begin("late", "l0")
    for name in ("m0", "o0", "m1", "o1"):
        await work.end(name)
    assert work.began[:4] == ["m0", "o0", "m1", "o1"]
    assert "l0" in work.began[:6]  # not behind all that others asked for before
    assert len(work.began) == 6


async def test_one_that_was_cancelled_while_it_waited_is_passed_over(
    begun: Callable[[int], Work],
) -> None:
    work = begun(1)
    await work.begin("a", "a0")
    await work.begin("a", "a1")
    await work.begin("b", "b0")
    work.tasks["a1"].cancel()
    await work.end("a0")
    assert work.began == ["a0", "b0"]
    await work.end("b0")
    await work.begin("c", "c0")
    assert work.began[-1] == "c0"


async def test_one_that_is_cancelled_as_it_gets_a_slot_gives_it_back(
    begun: Callable[[int], Work],
) -> None:
    work = begun(1)
    async with work.share.slot("a"):
        await work.begin("b", "b0")
    work.tasks["b0"].cancel()  # it has the slot, and has not run since
    with pytest.raises(asyncio.CancelledError):
        await work.tasks["b0"]
    await work.begin("c", "c0")
    assert work.began == ["c0"]
