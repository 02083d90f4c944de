"""An open stream of ``GET /v1/events``, in process: httpx's transport waits for the end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message

from gateway.live.hub import Hub
from tests.support.gateway import Harness


@dataclass
class OpenStream:
    """A client of the stream: the messages that it got and has not read yet."""

    messages: asyncio.Queue[Message] = field(default_factory=asyncio.Queue)
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""
    reads: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared, the client does not read."""

    async def begin(self) -> None:
        """Read the status and the headers."""
        start = await self._message()
        self.status = start["status"]
        self.headers = {name.decode(): value.decode() for name, value in start["headers"]}

    async def block(self) -> str | None:
        """The next block of lines, comments included; ``None`` if the stream has ended."""
        while "\n\n" not in self.text:
            message = await self._message()
            self.text += message.get("body", b"").decode()
            if not message.get("more_body"):
                return None
        found, _, self.text = self.text.partition("\n\n")
        return found

    async def event(self) -> tuple[str, Any] | None:
        """The next event and its data; ``None`` if the stream has ended."""
        while (block := await self.block()) is not None:
            if block.startswith("event: "):
                name, data = block.split("\n")
                return name.removeprefix("event: "), json.loads(data.removeprefix("data: "))
        return None

    async def _message(self) -> Message:
        async with asyncio.timeout(10):
            return await self.messages.get()


def look_again(hub: Hub) -> None:
    """Let every stream look now, as it does after ``LOOK_SECONDS``."""
    for each in hub._listeners:
        each.wake()


@asynccontextmanager
async def open_stream(
    harness: Harness, headers: Mapping[str, str], **query: str
) -> AsyncIterator[OpenStream]:
    """A stream that stays open until the context ends, or the application ends it."""
    transport: Any = harness.transport
    app: ASGIApp = getattr(transport, "inner", transport).app
    stream, left = OpenStream(), asyncio.Event()
    stream.reads.set()
    is_read = False

    async def receive() -> Message:
        nonlocal is_read
        if not is_read:
            is_read = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        await stream.reads.wait()
        stream.messages.put_nowait(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/v1/events",
        "raw_path": b"/v1/events",
        "query_string": urlencode(query).encode(),
        "root_path": "",
        "headers": [(b"host", b"localhost")]
        + [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 4711),
        "server": ("localhost", 80),
    }

    async def serve() -> None:
        await app(scope, receive, send)

    task = asyncio.create_task(serve())
    try:
        await stream.begin()
        yield stream
    finally:
        left.set()
        stream.reads.set()
        await task
