"""A TCP server of this machine that behaves as badly as a test asks for."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import trustme

Behave = Callable[[asyncio.StreamWriter], Awaitable[None]]
"""The behaviour of a server that has read a request."""


@dataclass
class Peer:
    """A listening server. ``requests`` holds the bytes that it read, with complete heads."""

    port: int
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)

    def url(self, path: str = "/", *, scheme: str = "http", host: str = "127.0.0.1") -> str:
        """A URL that leads here."""
        return f"{scheme}://{host}:{self.port}{path}"


def answering(content: bytes, *, status: str = "200 OK", **headers: str) -> Behave:
    """A server that answers each request properly; ``Content_Type`` is ``Content-Type``."""
    fields = {"Content-Length": str(len(content))} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    answer = f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + content

    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    return behave


async def silence(writer: asyncio.StreamWriter) -> None:
    """Never answer."""
    await asyncio.Event().wait()


def sending(*parts: bytes, then: Behave = silence) -> Behave:
    """Send these bytes as they are, then behave otherwise."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
        await then(writer)

    return behave


async def hang_up(writer: asyncio.StreamWriter) -> None:
    """Close the connection after what was sent."""
    writer.close()
    await writer.wait_closed()


def repeating(part: bytes, *, pause: float = 0.0) -> Behave:
    """Send the same bytes for ever. The pause is what a slow server is slow by."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)

    return behave


@asynccontextmanager
async def listening(behave: Behave, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[Peer]:
    """A server on 127.0.0.1 that reads requests and behaves, for as long as the context lasts."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer.connections += 1
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        # A client that gives up, and the end of the test, are how most of these connections end.
        with contextlib.suppress(
            ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError
        ):
            try:
                while True:
                    peer.requests.append(await reader.readuntil(b"\r\n\r\n"))
                    await behave(writer)
            finally:
                writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    peer = Peer(server.sockets[0].getsockname()[1])
    try:
        yield peer
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


def server_tls(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    """The TLS side of a server with a certificate for ``names``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context
