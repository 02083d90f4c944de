"""A provider on TLS that a test steers: it streams, resets, hangs, redirects and counts effects."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import parse_qsl

import trustme

from gateway.sandbox.link import SandboxLink
from tests.support.peer import server_tls

PART = b"x" * 65536
HOSTS = ("*.relay.example", "api.placed.example")
BASE = "/api/v1/"


@dataclass
class Seen:
    """A request as it arrived. ``body`` is empty where the behaviour does not keep it."""

    method: str
    target: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes = b""

    @property
    def host(self) -> str:
        """The host that it names."""
        return self.all(b"host")[0].decode()

    @property
    def path(self) -> str:
        """The path, as it came."""
        return self.target.partition(b"?")[0].decode("latin-1")

    @property
    def query(self) -> dict[str, str]:
        """The decoded query."""
        return dict(parse_qsl(self.target.partition(b"?")[2].decode("latin-1")))

    def all(self, name: bytes) -> list[bytes]:
        """Every value of a header."""
        return [value for given, value in self.headers if given == name]

    @property
    def bearer(self) -> str:
        """The access token."""
        return (self.all(b"authorization") or [b""])[0].decode().removeprefix("Bearer ")


class Exchange:
    """One request, and the connection to answer it on."""

    def __init__(
        self, seen: Seen, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.seen = seen
        self._reader = reader
        self._writer = writer
        self._unread = True

    async def parts(self) -> AsyncIterator[bytes]:
        """The body as it arrives, strictly framed."""
        self._unread = False
        length = self.seen.all(b"content-length")
        chunked = self.seen.all(b"transfer-encoding")
        assert len(length) + len(chunked) < 2
        assert chunked in ([], [b"chunked"])
        left = int(length[0]) if length else 0
        while left:
            part = await self._reader.read(min(left, 65536))
            if not part:
                raise ConnectionError
            left -= len(part)
            yield part
        while chunked:
            size = int(await self._reader.readuntil(b"\r\n"), 16)
            part = await self._reader.readexactly(size + 2)
            if not size:
                return
            yield part[:-2]

    async def body(self) -> bytes:
        """The whole body."""
        self.seen.body = b"".join([part async for part in self.parts()])
        return self.seen.body

    async def send(self, *parts: bytes) -> None:
        """Send bytes as they are."""
        if self._unread:
            await self.body()
        self._writer.write(b"".join(parts))
        await self._writer.drain()

    async def answer(self, status: int, body: object = None, **headers: str) -> None:
        """Send a whole answer; ``Retry_After`` is ``Retry-After``."""
        content = json.dumps(body if body is not None else {}).encode()
        lines = [f"HTTP/1.1 {status} Some Words", "Content-Type: application/json"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        lines.append(f"Content-Length: {len(content)}")
        has_body = self.seen.method != "HEAD"
        await self.send("\r\n".join(lines).encode(), b"\r\n\r\n", content if has_body else b"")

    async def begin(self, *lines: str) -> None:
        """Send the head of a chunked answer."""
        head = ["HTTP/1.1 200 OK", *lines, "Transfer-Encoding: chunked"]
        await self.send("\r\n".join(head).encode(), b"\r\n\r\n")

    async def chunk(self, part: bytes) -> None:
        """Send a chunk; an empty one ends the answer."""
        await self.send(b"%x\r\n%b\r\n" % (len(part), part))

    def reset(self) -> None:
        """End the connection with a reset."""
        sock = self._writer.get_extra_info("socket")
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()
        raise ConnectionError

    async def gone(self) -> None:
        """Return when the caller has left."""
        with contextlib.suppress(ConnectionError):
            await self._reader.read(1)


Behave = Callable[["StrictProvider", Exchange], Awaitable[None]]


@dataclass
class StrictProvider:
    """The provider. ``tokens`` are the access tokens that it accepts."""

    port: int = 0
    ca: str = ""
    tokens: set[str] = field(default_factory=lambda: {"at-0-1f6b0c9e8a7d4523"})
    refresh_token: str = "rt-0-5c1e9d7b3f20a864"
    client_secret: str = "secret"
    seen: list[Seen] = field(default_factory=list)
    refreshes: int = 0
    effects: int = 0
    connections: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    """What slow answers wait for."""
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    """A behaviour got as far as its gate."""
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """The caller ended a connection within an answer."""
    refresh_refused: bool = False
    written: int = 0
    """Bytes of endless answers."""

    @property
    def link(self) -> SandboxLink:
        """What leads a gateway here, for all hosts of ``HOSTS``."""
        return SandboxLink(
            ca=self.ca,
            reroutes={host: ("127.0.0.1", self.port) for host in HOSTS},
            variables={
                "OAUTH_RELAY_CLIENT_ID": "client-1",
                "OAUTH_RELAY_CLIENT_SECRET": self.client_secret,
            },
        )

    @property
    def calls(self) -> list[Seen]:
        """The requests to the API."""
        return [seen for seen in self.seen if seen.host != "auth.relay.example"]

    def expire(self) -> None:
        """Accept no access token that was issued until now."""
        self.tokens.clear()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        self.connections += 1
        with contextlib.suppress(
            ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError
        ):
            try:
                while True:
                    head = await reader.readuntil(b"\r\n\r\n")
                    line, *fields = head[:-4].split(b"\r\n")
                    method, target, version = line.split(b" ")
                    assert version == b"HTTP/1.1"
                    pairs = [each.split(b": ", 1) for each in fields]
                    headers = [(name.lower(), value) for name, value in pairs]
                    seen = Seen(method.decode(), target, headers)
                    self.seen.append(seen)
                    await self._answer(Exchange(seen, reader, writer))
            finally:
                writer.transport.abort()

    async def _answer(self, exchange: Exchange) -> None:
        seen = exchange.seen
        if seen.host == "auth.relay.example":
            await self._token(exchange)
            return
        if seen.host != "api.placed.example" and seen.bearer not in self.tokens:
            await exchange.answer(401, {"error": "invalid_token"})
            return
        name = seen.path.removeprefix(BASE).rpartition("/")[2]
        await BEHAVIOURS.get(name, _echo)(self, exchange)

    async def _token(self, exchange: Exchange) -> None:
        form = dict(parse_qsl((await exchange.body()).decode()))
        self.refreshes += 1
        if self.refresh_refused or form.get("refresh_token") != self.refresh_token:
            await exchange.answer(400, {"error": "invalid_grant"})
            return
        token = f"at-{self.refreshes}-9a8b7c6d5e4f3021"
        self.refresh_token = f"rt-{self.refreshes}-0b6e3d9c5a7f8142"
        self.tokens.add(token)
        answer = {"access_token": token, "refresh_token": self.refresh_token}
        await exchange.answer(200, {**answer, "token_type": "Bearer", "scope": "read write"})


async def _echo(provider: StrictProvider, exchange: Exchange) -> None:
    body, seen = await exchange.body(), exchange.seen
    await exchange.answer(
        200,
        {
            "method": seen.method,
            "target": seen.target.decode("latin-1"),
            "headers": [[name.decode(), value.decode("latin-1")] for name, value in seen.headers],
            "body": body.decode("latin-1"),
        },
    )


async def _effect(provider: StrictProvider, exchange: Exchange) -> None:
    await exchange.body()
    provider.effects += 1
    await exchange.answer(200, {"effects": provider.effects})


async def _stream(provider: StrictProvider, exchange: Exchange) -> None:
    await exchange.begin("Content-Type: text/plain")
    await exchange.chunk(b"first")
    provider.reached.set()
    await provider.gate.wait()
    await exchange.chunk(b"last")
    await exchange.chunk(b"")


async def _events(provider: StrictProvider, exchange: Exchange) -> None:
    await exchange.begin("Content-Type: text/event-stream")
    for number in range(3):
        await exchange.chunk(b"data: %d\n\n" % number)
        await provider.gate.wait()
        provider.gate.clear()
    await exchange.chunk(b"")


async def _reset_head(provider: StrictProvider, exchange: Exchange) -> None:
    await exchange.body()
    provider.effects += 1
    exchange.reset()


async def _reset_body(provider: StrictProvider, exchange: Exchange) -> None:
    await exchange.body()
    provider.effects += 1
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf of it")
    await provider.gate.wait()
    exchange.reset()


async def _cut(provider: StrictProvider, exchange: Exchange) -> None:
    await exchange.begin()
    await exchange.chunk(b"half of it")
    await provider.gate.wait()
    raise ConnectionError  # without the last chunk


async def _hang(provider: StrictProvider, exchange: Exchange) -> None:
    await exchange.body()
    provider.effects += 1
    provider.reached.set()
    await exchange.gone()
    provider.left.set()


async def _endless(provider: StrictProvider, exchange: Exchange) -> None:
    await exchange.begin()
    try:
        while True:
            await exchange.chunk(PART)
            provider.written += len(PART)
            provider.reached.set()
    finally:
        provider.left.set()


async def _big(provider: StrictProvider, exchange: Exchange) -> None:
    length = int(exchange.seen.query["n"])
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % length)
    for _ in range(length // len(PART)):
        await exchange.send(PART)
    await exchange.send(b"x" * (length % len(PART)))


async def _sink(provider: StrictProvider, exchange: Exchange) -> None:
    got = 0
    async for part in exchange.parts():
        got += len(part)
        provider.reached.set()
        if exchange.seen.query.get("slow"):
            await provider.gate.wait()
    await exchange.answer(200, {"got": got})


async def _status(provider: StrictProvider, exchange: Exchange) -> None:
    query = exchange.seen.query
    headers = {"Retry-After": query["after"]} if "after" in query else {}
    await exchange.body()
    await exchange.answer(int(query["code"]), {"code": query["code"]}, **headers)


async def _redirect(provider: StrictProvider, exchange: Exchange) -> None:
    await exchange.answer(302, Location=exchange.seen.query["to"])


async def _deny(provider: StrictProvider, exchange: Exchange) -> None:
    await exchange.answer(401, {"error": "missing_right"})


async def _raw(provider: StrictProvider, exchange: Exchange) -> None:
    """Send the bytes of the request's body as the answer, and close."""
    await exchange.send(await exchange.body())
    raise ConnectionError


BEHAVIOURS: dict[str, Behave] = {
    "big": _big,
    "cut": _cut,
    "deny": _deny,
    "effect": _effect,
    "endless": _endless,
    "events": _events,
    "hang": _hang,
    "raw": _raw,
    "redirect": _redirect,
    "reset-body": _reset_body,
    "reset-head": _reset_head,
    "sink": _sink,
    "status": _status,
    "stream": _stream,
}
"""The last segment of a path and what it does; every other one shows the request."""


@cache
def _identity() -> tuple[str, ssl.SSLContext]:
    """The authority and the certificate of all providers of a process: gateways read it once."""
    authority = trustme.CA()
    return authority.cert_pem.bytes().decode(), server_tls(authority, *HOSTS)


@asynccontextmanager
async def strict_provider() -> AsyncIterator[StrictProvider]:
    """A provider on 127.0.0.1 until the context ends."""
    authority, tls = _identity()
    provider = StrictProvider(ca=authority)
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        await provider.serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    provider.port = server.sockets[0].getsockname()[1]
    try:
        yield provider
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
