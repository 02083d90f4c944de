"""What open streams of ``GET /v1/events`` cost a process: memory, CPU, and how they end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.processes import NotStarted, cpu_seconds, resident_mib, running_gateway, terminate
from bench.report import Figure, Result
from bench.seed import PUBLIC_HOST, SEEDING_DRIVER, Place, Seeded
from gateway.access.identity import DEFAULT_TENANT
from gateway.store.mongo import open_database
from gateway.store.owners import owner_of

NAME = "streams"
TOLD_MS, ENDED_MS = 2000.0, 1000.0
"""The most time until a change is told, and until all streams have ended."""
_PATIENCE = 60.0
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class _Open:
    """A stream whose snapshot was read."""

    user: str
    reader: asyncio.StreamReader


async def measure_streams(
    folder: Path, place: Place, seeded: Seeded, result: Result, *, driver: str, seconds: float
) -> None:
    """Open a stream for each user, wait ``seconds``, change one row, and end the process.

    Raises ``NotStarted`` if a stream is refused.
    """
    count = len(seeded.users)
    with running_gateway(
        folder, NAME, place, driver, event_streams=str(count), limits="api_calls=off"
    ) as port:
        before = resident_mib(NAME)
        async with _opened(port, seeded) as streams:
            memory = resident_mib(NAME) - before
            used, began = cpu_seconds(NAME), time.monotonic()
            await asyncio.sleep(seconds)
            share = (cpu_seconds(NAME) - used) / (time.monotonic() - began)
            told = await _change(place, streams[-1])
            ended = await _end(streams)
    each = f"{count} open streams"
    result.figures += [
        Figure(name=f"{each}: memory above idle", value=memory, unit="MiB"),
        Figure(name=f"{each}: CPU while nothing changes", value=share * 100, unit="% of a core"),
        Figure(name=f"{each}: a change is told after", value=told, unit="ms", target=TOLD_MS),
        Figure(name=f"{each}: ended after SIGTERM", value=ended, unit="ms", target=ENDED_MS),
    ]


@asynccontextmanager
async def _opened(port: int, seeded: Seeded) -> AsyncIterator[list[_Open]]:
    async with AsyncExitStack() as stack:
        gate = asyncio.Semaphore(_AT_ONCE)

        async def open_one(user: str) -> _Open:
            async with gate, asyncio.timeout(_PATIENCE):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                stack.callback(writer.close)
                writer.write(
                    f"GET /v1/events?user={user} HTTP/1.1\r\nHost: {PUBLIC_HOST}\r\n"
                    f"Authorization: Bearer {seeded.key.reveal()}\r\n\r\n".encode()
                )
                head = await reader.readuntil(b"\r\n\r\n")
                if b" 200 " not in head.partition(b"\r\n")[0]:
                    raise NotStarted(f"a stream was answered with {head[:40]!r}")
                await reader.readuntil(b"event: snapshot")
                return _Open(user, reader)

        yield await asyncio.gather(*(open_one(user) for user in seeded.users))


async def _change(place: Place, stream: _Open) -> float:
    """Change a row of the stream's user; the milliseconds until the stream tells it."""
    async with open_database(place.mongodb_url, place.database, SEEDING_DRIVER) as database:
        wanted = {"tenant": DEFAULT_TENANT, "owner": owner_of(stream.user)}
        began = time.monotonic()
        await database.collection("connections").update_one(
            wanted, {"$set": {"account_label": "changed"}}
        )
        async with asyncio.timeout(_PATIENCE):
            await stream.reader.readuntil(b"event: connection.changed")
        return (time.monotonic() - began) * 1000


async def _end(streams: list[_Open]) -> float:
    """Send SIGTERM; the milliseconds until the last stream has ended."""
    began = time.monotonic()
    terminate(NAME)
    async with asyncio.timeout(_PATIENCE):
        await asyncio.gather(*(_read_end(stream.reader) for stream in streams))
    return (time.monotonic() - began) * 1000


async def _read_end(reader: asyncio.StreamReader) -> None:
    # The last chunk of the body (RFC 9112, section 7.1): the connection itself may live on.
    text = b""
    while not text.endswith(b"0\r\n\r\n"):
        if not (part := await reader.read(65536)):
            return
        text = text[-5:] + part
