"""A receiver of webhooks on this machine: it keeps what comes, and answers as a test asks for.

It judges every delivery as a stranger would, with the library of standardwebhooks.com.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import standardwebhooks

from tests.support.waiting import until

Answer = str
"""The answer after ``HTTP/1.1``: a status, and header lines."""

SILENCE = ""
"""An answer that never comes."""


@dataclass(frozen=True)
class Delivered:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The id by which a receiver knows an event again."""
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, Any]:
        """The body, unverified."""
        event: dict[str, Any] = json.loads(self.body)
        return event

    def verified(self, secret: str) -> dict[str, Any]:
        """The body, if the signature holds; raises ``WebhookVerificationError``."""
        event: dict[str, Any] = standardwebhooks.Webhook(secret).verify(self.body, self.headers)
        return event


@dataclass
class Receiver:
    """A listening receiver. ``answer`` says what each delivery is answered with."""

    port: int
    answer: Callable[[Delivered], Answer] = lambda delivered: "204 No Content"
    delivered: list[Delivered] = field(default_factory=list)

    @property
    def address(self) -> str:
        """What ``GATEWAY_EGRESS_ALLOW`` has to name."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        """Where it listens."""
        return f"http://{self.address}{path}"

    def types(self, path: str = "/") -> list[str]:
        """The types of what came to a path, in order."""
        return [one.event["type"] for one in self.delivered if one.path == path]

    async def has(self, count: int, path: str = "/") -> list[Delivered]:
        """Wait until ``count`` deliveries came to a path, and return them."""

        async def enough() -> bool:
            return len(self.types(path)) >= count

        await until(enough)
        return [one for one in self.delivered if one.path == path]


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver on 127.0.0.1, for as long as the context lasts."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with contextlib.suppress(
            ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError
        ):
            try:
                while True:
                    answer = receiver.answer(one := await _read(reader))
                    receiver.delivered.append(one)
                    if answer == SILENCE:
                        await asyncio.Event().wait()
                    writer.write(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n".encode())
                    await writer.drain()
            finally:
                writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    receiver = Receiver(server.sockets[0].getsockname()[1])
    try:
        yield receiver
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


async def _read(reader: asyncio.StreamReader) -> Delivered:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    method, path, _ = first.split(" ")
    assert method == "POST"
    return Delivered(path, headers, await reader.readexactly(int(headers["content-length"])))
