"""The fast path: the same answers on the wire as through ASGI, in the order of the requests."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import anyio
import pytest
import structlog
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http import httptools_impl

from gateway.server import fast_path
from gateway.server.connection_limits import WHOLE, GuardedProtocol
from gateway.server.fast_path import WRITE, Answer, FastPathProtocol, head_lines, protocol_for
from tests.support.serving import serving
from tests.support.waiting import until

BIG = b"x" * 16_000_000
"""More than the buffers between two sockets take: the client's is small."""


def request(path: str, body: bytes = b"", *more: bytes) -> bytes:
    """A request with a body."""
    lines = [b"POST %b HTTP/1.1" % path.encode(), b"Host: a", b"Content-Length: %d" % len(body)]
    return b"\r\n".join([*lines, *more, b"", body])


class Prompt:
    """Answers ``/at-once`` and ``/big`` on the fast path and other paths through ASGI.

    ``/whole`` is written at once there, if that is possible.
    """

    def __init__(self) -> None:
        self.at_once: list[bytes] = []
        self.waited: list[bytes] = []
        self.whole: list[bool] = []
        self.written: list[bool] = []
        self.go_on = asyncio.Event()

    def respond_sync(self, scope: Scope, body: bytes) -> Answer | None:
        if scope["path"] not in {"/at-once", "/big"}:
            return None
        self.at_once.append(body)
        told = BIG if scope["path"] == "/big" else b"at once: " + body
        return Answer(200, head_lines(headers(told)), told)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        write = scope.pop(WRITE, None)  # not there without the fast path
        self.whole.append(WHOLE in scope.get("extensions", {}))
        if scope["path"] == "/refused":
            told = b"not read"
            self.written.append(write(Answer(413, head_lines(headers(told)), told)))
            await receive()
            return
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        if scope["path"] == "/slow":
            await self.go_on.wait()
        self.waited.append(body)
        told = b"waited: " + body
        if scope["path"] == "/whole":
            self.written.append(write(Answer(200, head_lines(headers(told)), told)))
            if self.written[-1]:
                assert not write(Answer(500, b"", b""))
                assert await receive() == {"type": "http.disconnect"}
                return
        await send({"type": "http.response.start", "status": 200, "headers": headers(told)})
        await send({"type": "http.response.body", "body": told})


def headers(told: bytes) -> list[tuple[bytes, bytes]]:
    """The headers of an answer."""
    return [(b"x-more", b"1; 2"), (b"content-length", str(len(told)).encode())]


async def asked(of: Sequence[object]) -> bool:
    """Whether a request has reached the application."""
    return len(of) > 0


class Line:
    """A client's end of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self) -> tuple[list[bytes], bytes]:
        """The lines of a head, without the time of day, and the body."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[:-2]
        length = next(int(line[16:]) for line in head if line.startswith(b"content-length: "))
        (date,) = [line for line in head if line.startswith(b"date: ")] or [b""]
        return [line for line in head if line != date], await self.reader.readexactly(length)


@pytest.fixture
def app() -> Prompt:
    return Prompt()


@pytest.fixture
async def port(app: Prompt) -> AsyncIterator[int]:
    async with serving(app) as port:
        yield port


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Line]:
    """A connection, for some seconds at most."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    client.connect(("127.0.0.1", port))
    line = Line(*await asyncio.open_connection(sock=client))
    try:
        with anyio.fail_after(30):
            yield line
    finally:
        line.writer.transport.abort()


async def test_an_answer_at_once_looks_like_any_other(app: Prompt, port: int) -> None:
    async with connected(port) as line:
        for _ in range(3):  # the connection is kept
            await line.send(request("/at-once", b"a"))
            prompt = await line.answer()
            await line.send(request("/other", b"a"))
            ordinary = await line.answer()
            assert prompt[0][:2] == ordinary[0][:2] == [b"HTTP/1.1 200 OK", b"x-more: 1; 2"]
            assert [line.partition(b":")[0] for line in prompt[0]] == [
                line.partition(b":")[0] for line in ordinary[0]
            ]
            assert (prompt[1], ordinary[1]) == (b"at once: a", b"waited: a")
    assert (app.at_once, app.waited) == ([b"a"] * 3, [b"a"] * 3)


@pytest.mark.parametrize("path", ["/at-once", "/other"])
@pytest.mark.parametrize("old", [False, True])
async def test_a_connection_that_is_not_to_be_kept_is_closed(
    app: Prompt, port: int, path: str, old: bool
) -> None:
    """Also where the client speaks HTTP/1.0; what it sends after that is not served."""
    last = request(path, b"a", *([] if old else [b"Connection: close"]))
    if old:
        last = last.replace(b"HTTP/1.1", b"HTTP/1.0")
    async with connected(port) as line:
        await line.send(last + request(path, b"b"))
        head, body = await line.answer()
        assert b"connection: close" in head
        assert body.endswith(b": a")
        assert await line.reader.read() == b""
    assert app.at_once + app.waited == [b"a"]


async def test_requests_in_one_piece_are_answered_in_turn(app: Prompt, port: int) -> None:
    """An answer does not overtake the one before it."""
    paths = ["/at-once", "/slow", "/at-once", "/other", "/at-once", "/at-once"]
    async with connected(port) as line:
        await line.send(b"".join(request(path, str(n).encode()) for n, path in enumerate(paths)))
        first = (await line.answer())[1]
        app.go_on.set()
        bodies = [first, *[(await line.answer())[1] for _ in paths[1:]]]
        await line.send(request("/at-once", b"last"))
        bodies.append((await line.answer())[1])
    assert [body.rpartition(b" ")[2] for body in bodies] == [*b"0 1 2 3 4 5".split(), b"last"]
    assert (first, bodies[-1]) == (b"at once: 0", b"at once: last")


async def test_a_request_that_comes_in_parts_is_served_as_well(app: Prompt, port: int) -> None:
    """It is not whole when it begins: the application waits for the rest."""
    async with connected(port) as line:
        whole = request("/at-once", b"abcdef")
        await line.send(whole[:-4])
        await until(lambda: asked(app.whole))
        await line.send(whole[-4:])
        assert (await line.answer())[1] == b"waited: abcdef"
        await line.send(request("/other", b"a"))
        await line.answer()
    assert app.whole == [False, True]
    assert app.at_once == []


async def test_invalid_request_is_refused_together_with_the_one_before_it(
    app: Prompt, port: int
) -> None:
    """One piece of data holds both: no token is issued to a client that cannot be answered."""
    async with connected(port) as line:
        await line.send(request("/at-once", b"a") + b"\0\0\0\r\n\r\n")
        assert (await line.reader.read()).startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert (app.at_once, app.waited) == ([], [])


async def test_client_that_does_not_read_gets_no_more_fast_answers(app: Prompt, port: int) -> None:
    """Unread answers do not pile up: the next request waits."""
    async with connected(port) as line:
        line.reader._transport.pause_reading()  # type: ignore[attr-defined]
        await line.send(request("/big"))
        await until(lambda: asked(app.at_once))  # and answered, into full buffers
        await line.send(request("/at-once", b"later"))
        await until(lambda: asked(app.whole))  # the next is served with a task
        assert len(app.at_once) == 1
        line.reader._transport.resume_reading()  # type: ignore[attr-defined]
        assert (await line.answer())[1] == BIG
        assert (await line.answer())[1] == b"waited: later"


async def test_client_that_leaves_does_not_disturb_others(app: Prompt, port: int) -> None:
    for _ in range(20):
        async with connected(port) as line:
            line.writer.write(request("/at-once", b"gone"))
    async with connected(port) as line:
        await line.send(request("/at-once", b"here"))
        assert (await line.answer())[1] == b"at once: here"


@pytest.mark.parametrize(
    "header",
    [
        (b"a b", b"1"),
        (b"a:", b"1"),
        (b"A", b"1"),
        (b"a\r\n", b"1"),
        (b"a", b"1\r\nb: 2"),
        (b"a", b"1\n"),
        (b"a", b"\0"),
        (b"a", b"\x7f"),
    ],
    ids=ascii,
)
def test_invalid_header_is_not_sent(header: tuple[bytes, bytes]) -> None:
    """No header can end its line early."""
    with pytest.raises(ValueError, match="character"):
        head_lines([(b"good", b"1"), header])


async def test_an_answer_in_one_write_looks_like_any_other(app: Prompt, port: int) -> None:
    async with connected(port) as line:
        for body in (b"one", b"two"):
            await line.send(request("/whole", body))
            whole = await line.answer()
            await line.send(request("/waits", body))
            assert whole == await line.answer()
            assert whole[1] == b"waited: " + body
        await line.send(request("/whole", b"", b"Connection: close"))
        head, _ = await line.answer()
        assert b"connection: close" in head
        assert await line.reader.read() == b""
    assert app.written == [True] * 3


async def test_requests_behind_an_answer_in_one_write_are_answered_in_turn(
    app: Prompt, port: int
) -> None:
    async with connected(port) as line:
        await line.send(b"".join(request("/whole", b"%d" % number) for number in range(3)))
        assert [(await line.answer())[1] for _ in range(3)] == [
            b"waited: %d" % number for number in range(3)
        ]
    assert app.written == [True] * 3


async def test_after_an_answer_in_one_write_no_client_is_told_to_send_its_body(
    app: Prompt, port: int
) -> None:
    async with connected(port) as line:
        whole = request("/refused", b"abc", b"Expect: 100-continue")
        await line.send(whole.removesuffix(b"abc"))
        head, body = await line.answer()
        assert (head[0].split()[1], body) == (b"413", b"not read")
        await line.send(b"abc" + request("/waits", b"d"))
        assert (await line.answer())[1] == b"waited: d"
    assert app.written == [True]


async def test_a_client_that_does_not_read_is_waited_for_with_messages(
    app: Prompt, port: int
) -> None:
    async with connected(port) as line:
        await line.send(request("/big") + request("/whole", b"x"))
        await until(lambda: asked(app.written))
        assert app.written == [False]
        assert (await line.answer())[1] == BIG
        assert (await line.answer())[1] == b"waited: x"


def test_headers_are_lines() -> None:
    assert head_lines([]) == b""
    assert head_lines([(b"a-b", b"\t \xff~"), (b"a-b", b"")]) == b"a-b: \t \xff~\r\na-b: \r\n"


def test_tested_version_of_uvicorn_has_every_part() -> None:
    assert fast_path.missing_part() is None
    assert protocol_for(Prompt()) is FastPathProtocol


def test_application_without_an_answer_of_its_own_has_the_plain_protocol() -> None:
    assert protocol_for(object()) is GuardedProtocol


def _other_hook(self: object, cycle: object) -> None:
    """A hook with other parameters."""


@pytest.mark.parametrize(
    ("where", "name", "value", "missing"),
    [
        (httptools_impl.HttpToolsProtocol, "_start_asgi_task", None, "_start_asgi_task"),
        (httptools_impl.HttpToolsProtocol, "_start_asgi_task", _other_hook, "_start_asgi_task"),
        (httptools_impl, "STATUS_LINE", {}, "STATUS_LINE"),
        (httptools_impl, "RequestResponseCycle", None, "RequestResponseCycle"),
        (httptools_impl, "RequestResponseCycle", object, "RequestResponseCycle.scope"),
    ],
    ids=["no hook", "other hook", "no status lines", "no cycle", "other cycle"],
)
def test_missing_part_of_uvicorn_is_named(
    monkeypatch: pytest.MonkeyPatch, where: object, name: str, value: object, missing: str
) -> None:
    monkeypatch.setattr(where, name, value)
    assert fast_path.missing_part() == missing
    with structlog.testing.capture_logs() as logs:
        assert protocol_for(Prompt()) is GuardedProtocol
    assert [(line["event"], line["missing"]) for line in logs] == [("fast_path_off", missing)]


async def test_server_without_the_hook_answers_every_request_through_asgi(
    app: Prompt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line in the log says so."""
    monkeypatch.setattr(fast_path, "_CYCLE_FIELDS", ("response_done",))
    with structlog.testing.capture_logs() as logs:
        async with serving(app) as port, connected(port) as line:
            for path in ("/at-once", "/other"):
                await line.send(request(path, b"a"))
                head, body = await line.answer()
                assert (head[0], body) == (b"HTTP/1.1 200 OK", b"waited: a")
    assert (app.at_once, app.waited) == ([], [b"a", b"a"])
    off = [line for line in logs if line["event"] == "fast_path_off"]
    assert [line["missing"] for line in off] == ["RequestResponseCycle.response_done"]
    assert off[0]["log_level"] == "warning"
