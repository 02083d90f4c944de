"""A gate on the way from a provider: a test can hold an answer back and let other things happen.

It stands between the gateway in this process and one host of the sandbox, as a plain TCP relay:
what is inside TLS stays there.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import cast

import anyio

from gateway.egress import HostPort
from tests.support.gateway import Harness

PATIENCE_SECONDS = 20


class Gate:
    """Open until told to hold."""

    def __init__(self, target: HostPort) -> None:
        self._target = target
        self._holding = asyncio.Event()
        self._released = asyncio.Event()
        self._armed = False
        self._relays: set[asyncio.Task[None]] = set()

    def hold_next(self) -> None:
        """Keep the next answer until ``release``; what comes on other connections passes."""
        self._armed = True
        self._holding.clear()
        self._released.clear()

    async def held(self) -> None:
        """Return once an answer waits at the gate."""
        with anyio.fail_after(PATIENCE_SECONDS):
            await self._holding.wait()

    def release(self) -> None:
        """Let the answer that waits go on."""
        self._released.set()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Relay one connection in both directions."""
        there, back = await asyncio.open_connection(*self._target)
        relay = asyncio.gather(
            self._forward(reader, back, gated=False), self._forward(there, writer, gated=True)
        )
        try:
            await relay
        finally:
            back.close()
            writer.close()

    async def _forward(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, gated: bool
    ) -> None:
        try:
            while data := await reader.read(65536):
                if gated and self._armed:
                    self._armed = False
                    self._holding.set()
                    await self._released.wait()
                writer.write(data)
                await writer.drain()
            writer.write_eof() if writer.can_write_eof() else writer.close()
        except OSError:
            writer.close()  # one side is gone: so is the connection


@asynccontextmanager
async def gate_at(harness: Harness, host: str) -> AsyncIterator[Gate]:
    """A gate before ``host`` of the sandbox, for this gateway alone."""
    reroutes = cast(MutableMapping[str, HostPort], harness.services.reach.policy.reroutes)
    gate = Gate(reroutes[host])
    connections: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(gate.accept(reader, writer))
        connections.add(task)
        task.add_done_callback(connections.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    original = reroutes[host]
    reroutes[host] = server.sockets[0].getsockname()[:2]
    try:
        yield gate
    finally:
        reroutes[host] = original
        gate.release()
        server.close()
        for task in list(connections):
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
