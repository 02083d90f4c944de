"""The benchmark's load generator, against servers that answer well and badly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from bench.load import Load, Target, run_load

Answer = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


@asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[int]:
    """Hands each request's head to ``answer``; closes when the client does, or ``answer`` did."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while not writer.is_closing():
                await answer(await reader.readuntil(b"\r\n\r\n"), writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield listening.sockets[0].getsockname()[1]


async def load(port: int, connections: int = 1, limit: int = 10) -> Load:
    requests = [b"GET /%d HTTP/1.1\r\n\r\n" % number for number in range(3)]
    return await run_load(
        Target(ports=[port], requests=requests), connections=connections, seconds=60, limit=limit
    )


def answering(*parts: bytes) -> Answer:
    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)

    return answer


async def test_every_answer_is_timed_and_the_requests_come_in_turn() -> None:
    seen = []

    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        seen.append(request.split()[1])
        writer.write(OK)

    async with server(answer) as port:
        done = await load(port, connections=2, limit=7)

    assert len(done.times) == 7
    assert all(0 < time <= done.seconds for time in done.times)
    assert not done.failures
    assert sorted(seen) == sorted([b"/0", b"/1", b"/2", b"/0", b"/1", b"/2", b"/0"])


async def test_an_answer_may_come_in_pieces() -> None:
    async with server(answering(OK[:9], OK[9:30], OK[30:41], OK[41:])) as port:
        done = await load(port)

    assert len(done.times) == 10
    assert not done.failures


async def test_the_time_is_a_limit_too() -> None:
    async with server(answering(OK)) as port:
        target = Target(ports=[port], requests=[b"GET / HTTP/1.1\r\n\r\n"])
        done = await run_load(target, connections=2, seconds=0.05, limit=10**9)

    assert done.seconds >= 0.05
    assert done.rate == pytest.approx(len(done.times) / done.seconds)
    assert not done.failures


async def test_another_status_is_a_failure_and_not_timed() -> None:
    async with server(answering(OK.replace(b"200 OK", b"401 No"))) as port:
        done = await load(port, limit=4)

    assert done.failures == {"status 401": 4}
    assert not done.times


async def test_a_connection_that_is_lost_is_a_failure() -> None:
    async def hang_up(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with server(hang_up) as port:
        done = await load(port, connections=3)

    assert done.failures == {"connection lost": 3}


async def test_an_answer_whose_end_nobody_knows_is_a_failure() -> None:
    async with server(answering(b"HTTP/1.1 200 OK\r\n\r\nhello")) as port:
        done = await load(port)

    assert done.failures == {"answer without Content-Length": 1}


async def test_more_than_was_asked_for_is_a_failure() -> None:
    async with server(answering(OK + OK)) as port:
        done = await load(port)

    assert done.failures == {"more than one answer": 1}


async def test_a_server_that_never_answers_is_a_failure() -> None:
    async with server(answering()) as port:
        target = Target(ports=[port], requests=[b"GET / HTTP/1.1\r\n\r\n"])
        done = await run_load(target, connections=2, seconds=0.01, patience=0.05)

    assert done.failures == {"no answer in time": 2}


async def test_a_server_that_is_not_there_is_a_failure() -> None:
    async with server(answering(OK)) as port:
        pass

    done = await load(port, connections=2)

    assert done.failures == {"not connected": 2}
    assert done.rate == 0


def test_percentiles_are_nearest_ranks_in_milliseconds() -> None:
    done = Load(seconds=1.0, times=[number / 1000 for number in range(100, 0, -1)])

    assert done.percentile(50) == 50
    assert done.percentile(99) == 99
    assert Load(seconds=1.0, times=[0.007]).percentile(99) == 7
    assert Load(seconds=1.0, times=[]).percentile(50) == 0
