"""The load: a closed loop of keep-alive connections that send requests prepared beforehand.

Written on asyncio protocols, since an HTTP library would take more of the machine than the server
that it measures. It speaks as much HTTP/1.1 as our own servers answer with: a status, headers, and
a body of ``Content-Length`` bytes.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

MAX_REQUESTS = 200_000
"""How many requests a cell of the table has at most: their times are kept in memory."""
ANSWER_SECONDS = 10.0
"""How long the last answers may take before they count as failures."""

_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)\r\n", re.IGNORECASE)
_CODE = re.compile(rb'"code": ?"([a-z_]+)"')
_END = b"\r\n\r\n"


@dataclass(frozen=True, kw_only=True)
class Target:
    """Servers on the loopback interface, and the requests to send to them in turn.

    Connections are spread evenly over the ``ports``.
    """

    ports: Sequence[int]
    requests: Sequence[bytes]


@dataclass(frozen=True, kw_only=True)
class Load:
    """The result: the time of each answer in seconds, and the number of failures by reason.

    ``seconds`` is from the first request to the last answer.
    """

    seconds: float
    times: Sequence[float]
    failures: Counter[str] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Good answers per second."""
        return len(self.times) / self.seconds if self.seconds else 0.0

    def percentile(self, percent: float) -> float:
        """The time, in milliseconds, that ``percent`` of the answers stayed within."""
        if not self.times:
            return 0.0
        rank = max(0, -(-len(self.times) * percent // 100) - 1)  # nearest rank
        return sorted(self.times)[int(rank)] * 1000


async def at_once() -> None:
    """Let the first requests leave as soon as all connections are open."""


async def run_load(
    target: Target,
    *,
    connections: int,
    seconds: float,
    limit: int = MAX_REQUESTS,
    patience: float = ANSWER_SECONDS,
    gate: Callable[[], Awaitable[None]] = at_once,
) -> Load:
    """Keep ``connections`` busy for ``seconds``, or until ``limit`` requests were sent.

    The first requests leave when ``gate`` returns; the connections are open by then. A connection
    sends its next request when it has the answer to the last one. A connection that is lost, or
    that waits ``patience`` seconds after the end, counts as a failure and is not replaced.
    """
    loop = asyncio.get_running_loop()
    shared = _Shared(requests=itertools.cycle(target.requests), left=limit)
    clients = []
    for _, port in zip(range(connections), itertools.cycle(target.ports), strict=False):
        try:
            _, client = await loop.create_connection(
                lambda: _Client(shared, loop.create_future()), "127.0.0.1", port
            )
            clients.append(client)
        except OSError:
            shared.failures["not connected"] += 1
    if not clients:
        return Load(seconds=0.0, times=[], failures=shared.failures)
    await gate()
    started = time.perf_counter()
    shared.until = started + seconds
    for client in clients:
        client.send()
    try:
        await asyncio.wait([client.done for client in clients], timeout=seconds + patience)
        took = time.perf_counter() - started
    finally:
        for client in clients:
            client.close()
    return Load(seconds=took, times=shared.times, failures=shared.failures)


@dataclass(kw_only=True)
class _Shared:
    """The state that the connections of one run share."""

    requests: Iterator[bytes]
    left: int
    until: float = 0.0
    times: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)


class _Client(asyncio.Protocol):
    """One connection. ``done`` is set when it has sent its last request and has its answer."""

    def __init__(self, shared: _Shared, done: asyncio.Future[None]) -> None:
        self.done = done
        self._shared = shared
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._expected = 0  # bytes of the whole answer, once its head was read
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is of no such class

    def connection_lost(self, exc: Exception | None) -> None:
        self.fail("connection lost")

    def send(self) -> None:
        """Send the next request, or finish where time or count are up."""
        if self.done.done():
            return
        shared, now = self._shared, time.perf_counter()
        if now >= shared.until or shared.left <= 0:
            self.done.set_result(None)
            return
        assert self._transport is not None
        shared.left -= 1
        self._sent = now
        self._transport.write(next(shared.requests))

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        if not self._expected:
            head = self._buffer.find(_END)
            if head < 0:
                return
            length = _LENGTH.search(self._buffer, 0, head + 2)
            if length is None:
                self.fail("answer without Content-Length")
                return
            self._expected = head + len(_END) + int(length[1])
        if len(self._buffer) >= self._expected:
            self._answered()

    def _answered(self) -> None:
        status = self._buffer[9:12]  # of "HTTP/1.1 200 OK"
        if len(self._buffer) > self._expected:
            self.fail("more than one answer")
            return
        if status == b"200":
            self._shared.times.append(time.perf_counter() - self._sent)
        else:
            code = _CODE.search(self._buffer)
            reason = b"status " + status + (b" " + code[1] if code else b"")
            self._shared.failures[reason.decode("ascii", "replace")] += 1
        self._buffer, self._expected = b"", 0
        self.send()

    def fail(self, reason: str) -> None:
        """Count a failure and end this connection's part, unless that had ended before."""
        if not self.done.done():
            self._shared.failures[reason] += 1
            self.done.set_result(None)

    def close(self) -> None:
        """Hang up. An answer that is still missing counts as a failure."""
        self.fail("no answer in time")
        if self._transport is not None:
            self._transport.close()
