"""A call in a task of its own: read while somebody reads, and run to its end in any case."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway.errors import AnswerBroken, ProviderTimedOut
from gateway.proxy.answer import Answer
from gateway.proxy.keyed import DetachedCalls


class Call:
    """A call whose answer has ten parts; it notes how far it got."""

    def __init__(self, fails_at: int | None = None, waits_at: int | None = None) -> None:
        self.fails_at = fails_at
        self.waits_at = waits_at
        self.sent = 0
        self.ended = asyncio.Event()

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[Answer]:
        try:
            yield Answer(status=200, headers=[], parts=self.parts(), gateway_ms=1.0, price="")
        finally:
            self.ended.set()

    async def parts(self) -> AsyncIterator[bytes]:
        for number in range(10):
            if number == self.fails_at:
                raise ProviderTimedOut
            if number == self.waits_at:
                await asyncio.Event().wait()
            self.sent += 1
            yield b"%d" % number


async def test_a_reader_gets_everything() -> None:
    call = Call()
    async with DetachedCalls().call(call()) as answer:
        assert answer.status == 200
        assert b"".join([part async for part in answer.parts]) == b"0123456789"


async def test_no_more_is_read_than_the_reader_takes() -> None:
    call = Call()
    async with DetachedCalls().call(call()) as answer:
        await anext(answer.parts)
        for _ in range(20):
            await asyncio.sleep(0)
        assert call.sent <= 4


async def test_a_call_goes_on_without_its_reader() -> None:
    call, apart = Call(), DetachedCalls()
    async with apart.call(call()) as answer:
        await anext(answer.parts)
    await call.ended.wait()
    assert call.sent == 10
    await apart.close(0)


async def test_a_reader_gets_the_error() -> None:
    async with DetachedCalls().call(Call(fails_at=3)()) as answer:
        with pytest.raises(ProviderTimedOut):
            assert b"".join([part async for part in answer.parts])


async def test_a_reader_gets_an_error_before_the_answer() -> None:
    @asynccontextmanager
    async def call() -> AsyncIterator[Answer]:
        raise ProviderTimedOut
        yield

    with pytest.raises(ProviderTimedOut):
        async with DetachedCalls().call(call()):
            pass


async def test_an_error_without_a_reader_is_nobodys() -> None:
    call = Call(fails_at=5)
    async with DetachedCalls().call(call()):
        pass
    await call.ended.wait()


async def test_the_end_of_the_process_ends_what_takes_too_long() -> None:
    call, apart = Call(waits_at=3), DetachedCalls()
    async with apart.call(call()) as answer:
        parts = answer.parts
        assert [await anext(parts) for _ in range(3)] == [b"0", b"1", b"2"]
        await apart.close(0)
        assert call.ended.is_set()
        with pytest.raises(AnswerBroken):
            await anext(parts)


async def test_the_end_of_the_process_waits_for_what_ends_soon() -> None:
    call, apart = Call(), DetachedCalls()
    async with apart.call(call()):
        pass
    await apart.close(5)
    assert call.sent == 10
