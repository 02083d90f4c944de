"""Bodies stream through the proxy both ways, and a broken one never looks whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import httpx
import pytest

from tests.proxy.test_calls import gateways
from tests.support.gateway import FakeClock
from tests.support.provider import PART, StrictProvider
from tests.support.proxied import Proxy, proxying
from tests.support.waiting import PATIENCE_SECONDS

AT = "/v1/proxy/relay/"


async def until(event: asyncio.Event) -> None:
    """Wait for the event, for a while."""
    with anyio.fail_after(PATIENCE_SECONDS):
        await event.wait()


async def last_result(proxy: Proxy) -> tuple[str, int | None, str | None]:
    """Result, status and error of the newest usage event."""
    with anyio.fail_after(PATIENCE_SECONDS):
        events = await proxy.events()
        while not events:  # it is written after the caller has gone
            await asyncio.sleep(0.01)
            events = await proxy.events()
    return events[-1]["result"], events[-1]["status"], events[-1]["error"]


@pytest.mark.requirement("I4")
async def test_the_first_bytes_come_before_the_last_ones_exist(
    proxy: Proxy, provider: StrictProvider
) -> None:
    await proxy.connect()
    async with proxy.client.stream("GET", AT + "stream") as answer:
        parts = answer.aiter_raw()
        assert await anext(parts) == b"first"
        assert provider.reached.is_set()
        assert not provider.gate.is_set()
        provider.gate.set()
        assert b"".join([part async for part in parts]) == b"last"


async def test_server_sent_events_arrive_one_by_one(proxy: Proxy, provider: StrictProvider) -> None:
    await proxy.connect()
    async with proxy.client.stream("POST", AT + "events", json={"stream": True}) as answer:
        assert answer.headers["content-type"] == "text/event-stream"
        parts = answer.aiter_raw()
        for number in range(3):
            assert await anext(parts) == b"data: %d\n\n" % number
            provider.gate.set()
        assert [part async for part in parts] == []


@pytest.mark.parametrize("declared", [True, False])
async def test_a_request_arrives_before_it_is_complete(
    proxy: Proxy, provider: StrictProvider, declared: bool
) -> None:
    await proxy.connect()
    went_on = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield PART
        await until(provider.reached)
        went_on.set()
        for _ in range(31):
            yield PART

    headers = {"Content-Length": str(32 * len(PART))} if declared else {}
    answer = await proxy.client.put(AT + "sink", content=body(), headers=headers)
    assert answer.json() == {"got": 32 * len(PART)}
    assert went_on.is_set()
    framing = provider.calls[0].all(b"content-length"), provider.calls[0].all(b"transfer-encoding")
    assert framing == (([str(32 * len(PART)).encode()], []) if declared else ([], [b"chunked"]))


@pytest.mark.requirement("I4")
@pytest.mark.parametrize("path", ["reset-body", "cut"])
async def test_a_broken_answer_never_looks_whole(
    proxy: Proxy, provider: StrictProvider, path: str
) -> None:
    await proxy.connect()
    async with proxy.client.stream("GET", AT + path) as answer:
        parts = answer.aiter_raw()
        assert await anext(parts) == b"half of it"
        provider.gate.set()
        with pytest.raises(httpx.TransportError):
            await anext(parts)
    assert await last_result(proxy) == ("aborted", 200, "answer_broken")


@pytest.mark.requirement("I4")
@pytest.mark.parametrize("version", ["1.0", "1.1"])
async def test_a_broken_answer_is_reset_for_the_oldest_clients(
    proxy: Proxy, provider: StrictProvider, version: str
) -> None:
    """To HTTP/1.0 the end of the connection is the end of an answer: it has to be a reset."""
    await proxy.connect()
    authorization = proxy.client.headers["Authorization"]
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(
        f"GET {AT}cut HTTP/{version}\r\nHost: a\r\nAuthorization: {authorization}\r\n"
        "Gateway-User: alice\r\n\r\n".encode()
    )
    await reader.readuntil(b"half of it")
    provider.gate.set()
    with anyio.fail_after(PATIENCE_SECONDS), pytest.raises(ConnectionResetError):
        await reader.read()  # until the end
    writer.close()


@pytest.mark.requirement("I4", "L3")
async def test_a_process_that_stops_resets_what_still_streams(
    proxy: Proxy, provider: StrictProvider
) -> None:
    """Its server cancels what has not ended in time."""
    await proxy.connect()
    authorization = proxy.client.headers["Authorization"]
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(
        f"GET {AT}stream HTTP/1.0\r\nHost: a\r\nAuthorization: {authorization}\r\n"
        "Gateway-User: alice\r\n\r\n".encode()
    )
    await reader.readuntil(b"first")
    (serving,) = [task for task in asyncio.all_tasks() if "run_asgi" in repr(task.get_coro())]
    serving.cancel()
    with anyio.fail_after(PATIENCE_SECONDS), pytest.raises(ConnectionResetError):
        await reader.read()
    writer.close()
    assert (await last_result(proxy))[0] == "cancelled"


async def test_an_answer_above_the_cap_is_aborted(
    mongodb_url: str, database_name: str, tmp_path: Path, provider: StrictProvider, clock: FakeClock
) -> None:
    async with proxying(
        mongodb_url, database_name, tmp_path, provider, clock=clock, proxy_answer_bytes=100_000
    ) as proxy:
        await proxy.connect()
        assert len((await proxy.client.get(AT + "big?n=100000")).content) == 100_000
        with pytest.raises(httpx.TransportError):
            await proxy.client.get(AT + "big?n=100001")
        assert await last_result(proxy) == ("aborted", 200, "answer_too_large")


@pytest.mark.requirement("F5")
async def test_a_request_above_the_cap_is_refused(
    mongodb_url: str, database_name: str, tmp_path: Path, provider: StrictProvider, clock: FakeClock
) -> None:
    """A declared length is refused before a byte is read; a counted one when it is met."""
    async with proxying(
        mongodb_url, database_name, tmp_path, provider, clock=clock, proxy_request_bytes=100_000
    ) as proxy:
        await proxy.connect()

        async def parts(count: int) -> AsyncIterator[bytes]:
            for _ in range(count):
                yield b"x" * 1000

        whole = await proxy.client.post(AT + "sink", content=parts(100))
        assert whole.json() == {"got": 100_000}
        gateways(await proxy.client.post(AT + "sink", content=b"x" * 100_001), 413, "too_large")
        assert len(provider.calls) == 1
        gateways(await proxy.client.post(AT + "sink", content=parts(101)), 413, "too_large")
        assert await last_result(proxy) == ("refused", None, "request_too_large")


async def test_expect_continue_is_answered_by_the_gateway(
    proxy: Proxy, provider: StrictProvider
) -> None:
    """And only once the call is let in: a refused one sends no body."""
    await proxy.connect()
    authorization = proxy.client.headers["Authorization"]
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    head = (
        f"POST {AT}sink HTTP/1.1\r\nHost: a\r\nAuthorization: {authorization}\r\n"
        "Gateway-User: {user}\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
    )
    with anyio.fail_after(PATIENCE_SECONDS):
        writer.write(head.replace("{user}", "nobody").encode())
        assert b" 409 " in await reader.readuntil(b"\r\n")
        writer.close()
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(head.replace("{user}", "alice").encode())
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"abcd")
        assert b" 200 " in await reader.readuntil(b"\r\n")
    assert not provider.calls[0].all(b"expect")
    writer.close()


@pytest.mark.parametrize("path", ["hang", "endless", "stream"])
async def test_the_call_ends_when_the_caller_leaves(
    proxy: Proxy, provider: StrictProvider, path: str
) -> None:
    """Before the answer, within an endless one, and in its pauses."""
    await proxy.connect()

    async def call() -> None:
        async with proxy.client.stream("GET", AT + path) as answer:
            async for _ in answer.aiter_raw():
                pass

    task = asyncio.create_task(call())
    await until(provider.reached)
    if path != "hang":
        await asyncio.sleep(0.05)  # some of the answer is on its way
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    if path != "stream":  # which waits for the test, not for its caller
        await until(provider.left)
    assert (await last_result(proxy))[0] == "cancelled"


async def test_the_call_ends_when_the_caller_leaves_within_its_request(
    proxy: Proxy, provider: StrictProvider
) -> None:
    await proxy.connect()

    async def body() -> AsyncIterator[bytes]:
        yield PART
        await asyncio.Event().wait()

    task = asyncio.create_task(proxy.client.post(AT + "sink", content=body()))
    await until(provider.reached)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert (await last_result(proxy))[0] == "cancelled"


async def test_a_slow_caller_slows_the_provider_down(
    proxy: Proxy, provider: StrictProvider
) -> None:
    """Else the gateway would keep the answer in memory."""
    await proxy.connect()
    async with proxy.client.stream("GET", AT + "endless") as answer:
        await anext(answer.aiter_raw())
        before = -1
        with anyio.fail_after(PATIENCE_SECONDS):
            while provider.written != before:  # until it has stopped
                before = provider.written
                await asyncio.sleep(0.2)
        assert before < 16 * 1024 * 1024  # the buffers of four sockets
    await until(provider.left)


async def test_a_slow_provider_slows_the_caller_down(
    proxy: Proxy, provider: StrictProvider
) -> None:
    await proxy.connect()
    taken = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(1024):
            taken += len(PART)
            yield PART

    task = asyncio.create_task(proxy.client.put(AT + "sink?slow=1", content=body()))
    await until(provider.reached)
    before = -1
    with anyio.fail_after(PATIENCE_SECONDS):
        while taken != before:
            before = taken
            await asyncio.sleep(0.2)
    assert taken < 16 * 1024 * 1024
    provider.gate.set()
    assert (await task).json() == {"got": 1024 * len(PART)}


async def test_deadlines(
    mongodb_url: str, database_name: str, tmp_path: Path, provider: StrictProvider, clock: FakeClock
) -> None:
    """A silent provider gets 504; one that stops within its answer is an abort."""
    async with proxying(
        mongodb_url, database_name, tmp_path, provider, clock=clock, proxy_wait_seconds=1.0
    ) as proxy:
        await proxy.connect()
        told = gateways(await proxy.client.post(AT + "hang"), 504, "provider_timeout")
        assert told["outcome_unknown"] is True
        assert await last_result(proxy) == ("timeout", None, "provider_timed_out")
        with pytest.raises(httpx.TransportError):
            await proxy.client.get(AT + "stream")
    async with proxying(
        mongodb_url, database_name, tmp_path, provider, clock=clock, proxy_total_seconds=1.0
    ) as proxy:
        gateways(await proxy.client.post(AT + "hang"), 504, "provider_timeout")
        with pytest.raises(httpx.TransportError):
            await proxy.client.get(AT + "endless")
        assert (await last_result(proxy))[0] == "timeout"
