"""Simultaneous look-ups share a request, and each is as fresh as a separate one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextvars import ContextVar

import pytest

from gateway.store.fresh.gathering import MOST, Gathering
from tests.support.waiting import PATIENCE_SECONDS

_request: ContextVar[str] = ContextVar("request", default="nobody's")


class Shelf:
    """Numbers by their names. It records the requested names, and may wait."""

    def __init__(self, *names: str) -> None:
        self.asked: list[list[str]] = []
        self.contexts: list[str] = []
        self.found = {name: len(name) for name in names}
        self.error: Exception | None = None
        self.open = asyncio.Event()
        self.open.set()

    async def read(self, names: Sequence[str]) -> Mapping[str, int]:
        self.asked.append(list(names))
        self.contexts.append(_request.get())
        found = {name: self.found[name] for name in names if name in self.found}
        await self.open.wait()
        if self.error is not None:
            raise self.error
        return found


async def a_moment() -> None:
    """Wait until every started task has got as far as it can without an answer."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_simultaneous_look_ups_share_one_request() -> None:
    shelf = Shelf("a", "bb")
    gathering = Gathering(shelf.read)

    answers = await asyncio.gather(*(gathering.get(name) for name in ("a", "bb", "none", "a")))

    assert answers == [1, 2, None, 1]
    assert shelf.asked == [["a", "bb", "none"]]


async def test_look_up_is_not_answered_by_an_earlier_request() -> None:
    shelf = Shelf("a")
    gathering = Gathering(shelf.read)
    shelf.open.clear()

    early = asyncio.create_task(gathering.get("a"))
    await a_moment()
    shelf.found["a"] = 2
    late = asyncio.create_task(gathering.get("a"))
    await a_moment()
    shelf.open.set()

    assert (await early, await late) == (1, 2)
    assert shelf.asked == [["a"], ["a"]]


async def test_look_ups_during_a_request_share_the_next_one() -> None:
    shelf = Shelf("a", "bb")
    gathering = Gathering(shelf.read, patience_seconds=PATIENCE_SECONDS)
    shelf.open.clear()
    tasks = []
    for name in ("a", "bb", "a"):
        tasks.append(asyncio.create_task(gathering.get(name)))
        await a_moment()
    assert shelf.asked == [["a"]]
    shelf.open.set()

    assert await asyncio.gather(*tasks) == [1, 2, 1]
    assert shelf.asked == [["a"], ["bb", "a"]]


async def test_hanging_request_does_not_hold_up_later_look_ups() -> None:
    shelf = Shelf("a", "bb")
    gathering = Gathering(shelf.read)
    shelf.open.clear()
    slow = asyncio.create_task(gathering.get("a"))
    await a_moment()
    shelf.open = asyncio.Event()
    shelf.open.set()

    async with asyncio.timeout(PATIENCE_SECONDS):
        assert await gathering.get("bb") == 2
    assert not slow.done()
    slow.cancel()


async def test_a_crowd_is_asked_for_in_several_requests() -> None:
    names = [f"name-{number}" for number in range(2 * MOST + 1)]
    shelf = Shelf(*names)
    gathering = Gathering(shelf.read)

    answers = await asyncio.gather(*map(gathering.get, names))

    assert answers == [len(name) for name in names]
    assert [len(asked) for asked in shelf.asked] == [MOST, MOST, 1]


async def test_error_reaches_the_whole_batch_and_no_later_look_up() -> None:
    shelf = Shelf("a", "bb")
    gathering = Gathering(shelf.read)
    shelf.error = LookupError("the shelf is broken")

    answers = await asyncio.gather(gathering.get("a"), gathering.get("bb"), return_exceptions=True)
    shelf.error = None

    assert [str(answer) for answer in answers] == ["the shelf is broken"] * 2
    assert await gathering.get("a") == 1


@pytest.mark.parametrize("works", [True, False])
async def test_cancelled_caller_cancels_no_other_look_up(works: bool) -> None:
    shelf = Shelf("a")
    gathering = Gathering(shelf.read)
    shelf.open.clear()
    leaving, staying = (asyncio.create_task(gathering.get("a")) for _ in range(2))
    await a_moment()
    leaving.cancel()
    await a_moment()
    assert leaving.cancelled()
    shelf.error = None if works else LookupError("the shelf is broken")
    shelf.open.set()

    (answer,) = await asyncio.gather(staying, return_exceptions=True)

    assert answer == 1 if works else isinstance(answer, LookupError)
    assert shelf.asked == [["a"]]


async def test_the_end_of_a_request_ends_the_waiting() -> None:
    shelf = Shelf("a")

    async def read(names: Sequence[str]) -> Mapping[str, int]:
        raise asyncio.CancelledError

    waiting = asyncio.create_task(Gathering[str, int](read).get("a"))

    done, _ = await asyncio.wait({waiting}, timeout=PATIENCE_SECONDS)
    assert done == {waiting}
    assert waiting.cancelled()
    assert shelf.asked == []


async def test_a_request_for_all_is_part_of_nobodys() -> None:
    """A shared read is not logged as the request of one caller."""
    shelf = Shelf("a")
    _request.set("mine")

    assert await Gathering(shelf.read).get("a") == 1

    assert shelf.contexts == ["nobody's"]
