"""Limits on the size and pace of a request before the application is called (security F5)."""

from __future__ import annotations

import asyncio
import contextlib

import anyio
import pytest
from starlette.types import Receive, Scope, Send

from gateway.server import connection_limits as limits
from gateway.server import run
from gateway.server.run import server_for
from tests.support.serving import serving

HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
DEADLINE = 0.2
"""Seconds; short, so that a test of it is."""


class Counting:
    """An application that counts what reaches it and answers without reading a body."""

    def __init__(self) -> None:
        self.asked = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        headers = [(b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok"})


async def until_hang_up(reader: asyncio.StreamReader) -> bytes:
    """All that comes; a server that closes while somebody still sends may end with a reset."""
    came = bytearray()
    with contextlib.suppress(ConnectionError):
        while part := await reader.read(65536):
            came += part
    return bytes(came)


async def told(port: int, *parts: bytes) -> bytes:
    """Send these bytes; return the answer until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        with anyio.fail_after(9):
            with contextlib.suppress(ConnectionError):
                for part in parts:
                    writer.write(part)
                    await writer.drain()
            return await until_hang_up(reader)
    finally:
        writer.transport.abort()


async def drip(port: int, first: bytes, drop: bytes) -> bytes:
    """Send without end; return the answer until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def dripping() -> None:
        writer.write(first)
        while not writer.is_closing():
            writer.write(drop)
            await asyncio.sleep(0.01)  # what the client is slow by

    task = asyncio.create_task(dripping())
    try:
        with anyio.fail_after(9):
            return await until_hang_up(reader)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        writer.transport.abort()


@pytest.fixture
def app() -> Counting:
    return Counting()


@pytest.mark.requirement("F5")
@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"x" * 40_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        HEAD + b"X-Long: " + b"x" * 40_000 + b"\r\n\r\n",
        HEAD + b"X: 1\r\n" * 8_000 + b"\r\n",
        HEAD + b"Cookie: " + b"a=b; " * 8_000 + b"\r\n\r\n",
        HEAD + b"X-Long: " + b"x" * 300_000,
        HEAD + b"X" * 300_000,
        HEAD + b"X: 1\r\n" * 100_000,
    ],
    ids=[
        "address",
        "header",
        "many headers",
        "cookies",
        "endless header",
        "endless name",
        "endless headers",
    ],
)
async def test_a_head_that_is_too_large_is_refused_before_anything_is_asked(
    app: Counting, head: bytes
) -> None:
    """The parser itself has no limit."""
    async with serving(app) as port:
        answer = await told(port, head)
        assert answer == b"" or answer.startswith(
            b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
        )
        assert app.asked == 0
        assert (await told(port, HEAD + b"Connection: close\r\n\r\n")).endswith(b"ok")


@pytest.mark.requirement("F5")
async def test_an_ordinary_large_head_is_taken(app: Counting) -> None:
    """A head that proxies let through is accepted, and the limit is per request."""
    large = HEAD + b"Cookie: " + b"x" * 30_000 + b"\r\n"
    async with serving(app) as port:
        answer = await told(
            port, large + b"\r\n", large + b"\r\n", large + b"Connection: close\r\n\r\n"
        )
    assert answer.count(b"HTTP/1.1 200 OK") == app.asked == 3


@pytest.mark.requirement("F5")
@pytest.mark.parametrize(
    "part", [HEAD, HEAD[:5], HEAD + b"X-Slow: "], ids=["head", "line", "value"]
)
async def test_a_head_that_drips_is_refused_in_time(
    app: Counting, part: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A byte now and then does not keep a connection."""
    monkeypatch.setattr(limits, "HEAD_SECONDS", DEADLINE)
    async with serving(app) as port:
        answer = await drip(port, part, b"x")
    assert answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert app.asked == 0


@pytest.mark.requirement("F5")
@pytest.mark.parametrize("joined", [True, False])
async def test_the_head_of_a_later_request_has_to_come_in_time_too(
    app: Counting, monkeypatch: pytest.MonkeyPatch, joined: bool
) -> None:
    """Also where it began together with the request before."""
    monkeypatch.setattr(limits, "HEAD_SECONDS", DEADLINE)
    async with serving(app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with anyio.fail_after(9):  # a connection that is merely kept lives for longer
            writer.write(HEAD + b"\r\n" + (HEAD if joined else b""))
            assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200 OK")
            writer.write(b"" if joined else HEAD)
            assert (await until_hang_up(reader)).startswith(b"HTTP/1.1 408 Request Timeout")
        writer.close()
    assert app.asked == 1


@pytest.mark.requirement("F5")
async def test_silent_connection_is_closed_like_any_idle_one(
    app: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "IDLE_SECONDS", DEADLINE)
    async with serving(app) as port:
        assert await told(port) == b""


async def test_busy_client_may_send_long_after_it_connected(
    app: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time for a head starts with its first byte: nothing is lost because a client is slow."""
    monkeypatch.setattr(limits, "HEAD_SECONDS", DEADLINE)
    async with serving(app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.sleep(2 * DEADLINE)
        writer.write(HEAD + b"Connection: close\r\n\r\n")
        assert (await until_hang_up(reader)).endswith(b"ok")
        writer.close()


@pytest.mark.requirement("F5")
async def test_a_body_that_nobody_wants_is_not_waited_for(
    app: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once answered, a client that goes on sending gets no more of anybody's time."""
    monkeypatch.setattr(limits, "LINGER_SECONDS", DEADLINE)
    async with serving(app) as port:
        answer = await drip(port, HEAD + b"Content-Length: 1000000\r\n\r\n", b"x")
    assert answer.count(b"HTTP/1.1 200 OK") == app.asked == 1


@pytest.mark.requirement("F5")
async def test_endless_trailers_end(app: Counting, monkeypatch: pytest.MonkeyPatch) -> None:
    """They come after the body and count as none."""
    monkeypatch.setattr(limits, "MAX_REQUEST", 200_000)
    async with serving(app) as port:
        start = HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n"
        answer = await told(port, start, *[b"X-Trailer: 1\r\n" * 1_000] * 100)
    assert answer.count(b"HTTP/1.1 200 OK") <= app.asked == 1


async def test_a_slow_but_timely_client_is_served_again_and_again(app: Counting) -> None:
    """The limits are on one request at a time: a kept connection is as good as a new one."""
    async with serving(app) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with anyio.fail_after(9):
            for _ in range(3):
                for part in (HEAD, b"Content-Length: 3\r\n", b"\r\n", b"a", b"bc"):
                    writer.write(part)
                    await writer.drain()
                assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200 OK")
        writer.close()
        await writer.wait_closed()
    assert app.asked == 3


@pytest.mark.requirement("F5")
@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        HEAD + b"Content-Length: x\r\n\r\n",
        HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        HEAD + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        HEAD + b"X\0Y: 1\r\n\r\n",
        HEAD + b" folded: 1\r\n\r\n",
        HEAD + b"X Y: 1\r\n\r\n",
        HEAD + b"Host: elsewhere\r\n\r\n",
        HEAD + b"host: localhost\r\n\r\n",
        HEAD + b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n",
        HEAD + b"Content-Type: text/plain\r\nContent-Type: application/json\r\n\r\n",
        HEAD + b"Origin: null\r\nOrigin: http://localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nAccept: */*\r\n\r\n",
    ],
    ids=ascii,
)
async def test_invalid_request_is_answered_with_400(app: Counting, request_bytes: bytes) -> None:
    """F5, I2: these do not reach the application: no host or two, two lengths, other text.

    RFC 9112 3.2 asks for 400 if there is not exactly one ``Host``.
    """
    async with serving(app) as port:
        answer = await told(port, request_bytes)
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert answer.endswith(b"\r\n\r\nBad Request\n")
    assert app.asked == 0


def test_an_idle_connection_is_ended_by_the_client_and_not_by_the_server() -> None:
    """A request that crosses the server's goodbye is lost, and a tool would see it as an error."""
    server = server_for(Counting(), host="127.0.0.1", port=0)
    assert server.config.timeout_keep_alive > 60  # nginx; httpx, and with it the SDK, waits for 5
