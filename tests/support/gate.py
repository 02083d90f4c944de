"""A gate on a TCP connection: a test can hold an answer back, or cut the line, and let other things
happen meanwhile.

It is a plain relay; what is inside TLS stays there.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import cast

import anyio

from gateway.settings.environment import HostPort
from tests.support.gateway import Harness
from tests.support.waiting import PATIENCE_SECONDS


class Gate:
    """Open until told to hold."""

    def __init__(self, target: HostPort) -> None:
        self._target = target
        self._holding = asyncio.Event()
        self._released = asyncio.Event()
        self._armed = False
        self._cut = False
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._relays: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.address: HostPort = ("", 0)

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

    def cut(self) -> None:
        """End every connection, and every new one at once, until ``mend``."""
        self._cut = True
        for relay in self._relays:
            relay.cancel()

    def freeze(self) -> None:
        """Take connections and what comes on them, and let nothing through, until ``mend``."""
        self._flowing.clear()

    def mend(self) -> None:
        """Take connections again, and let things through."""
        self._cut = False
        self._flowing.set()

    async def close(self) -> None:
        """End every connection for good."""
        self.cut()
        await asyncio.gather(*self._relays, return_exceptions=True)
        for writer in self._writers:
            writer.transport.abort()
        closed = (writer.wait_closed() for writer in self._writers)
        await asyncio.gather(*closed, return_exceptions=True)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Relay one connection in both directions, in the background."""
        self._writers.add(writer)
        if self._cut:
            writer.close()
            return
        relay = asyncio.create_task(self._relay(reader, writer))
        self._relays.add(relay)
        relay.add_done_callback(self._relays.discard)
        relay.add_done_callback(lambda _: writer.close())  # also where it was cut before it began

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self._target)
        self._writers.add(back)
        try:
            await asyncio.gather(
                self._forward(reader, back, gated=False), self._forward(there, writer, gated=True)
            )
        finally:
            back.close()

    async def _forward(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, gated: bool
    ) -> None:
        try:
            while data := await reader.read(65536):
                if gated and self._armed:
                    self._armed = False
                    self._holding.set()
                    await self._released.wait()
                await self._flowing.wait()
                writer.write(data)
                await writer.drain()
            writer.write_eof() if writer.can_write_eof() else writer.close()
        except OSError:
            writer.close()  # one side is gone: so is the connection


@asynccontextmanager
async def open_gate(target: HostPort) -> AsyncIterator[Gate]:
    """A gate before ``target``; its own side is at ``address``."""
    gate = Gate(target)
    server = await asyncio.start_server(gate.accept, "127.0.0.1", 0)
    gate.address = server.sockets[0].getsockname()[:2]
    try:
        yield gate
    finally:
        gate.release()
        for _ in range(5):
            # A server that is closed while it takes a connection leaves it open for ever: what came
            # while this loop was busy (Motor closes its client in it) is to arrive first.
            await asyncio.sleep(0)
        server.close()
        await gate.close()


@asynccontextmanager
async def gate_at(harness: Harness, host: str) -> AsyncIterator[Gate]:
    """A gate before ``host`` of the sandbox, for the gateway in this process alone."""
    reroutes = cast(
        MutableMapping[str, HostPort], harness.services.public_addresses.policy.reroutes
    )
    original = reroutes[host]
    async with open_gate(original) as gate:
        reroutes[host] = gate.address
        try:
            yield gate
        finally:
            reroutes[host] = original
