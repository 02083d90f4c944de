"""An ASGI application behind a real socket, served as the gateway serves itself."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp

from gateway.server.run import server_for


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[int]:
    """The port of 127.0.0.1 where ``app`` answers, in this process, until the context ends."""
    door = socket.create_server(("127.0.0.1", 0))  # who comes early waits in its queue
    async with serving_at(app, door) as port:
        yield port


@asynccontextmanager
async def serving_at(app: ASGIApp, door: socket.socket) -> AsyncIterator[int]:
    """The same at a socket that was opened before, for an app that has to know its address."""
    port: int = door.getsockname()[1]
    server = server_for(app, host="127.0.0.1", port=port, lifespan="off")
    task = asyncio.create_task(server.serve(sockets=[door]))
    try:
        yield port
    finally:
        server.should_exit = server.force_exit = True
        await task
