"""Memory that a hostile server can make the gateway use, measured in a child process (C1)."""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
import textwrap

import pytest

from tests.support.peer import Behave, answering, listening, repeating, sending, silence

MOST = 20 * 1024 * 1024
DEADLINE = 1.0
"""Seconds that the child gives a server."""

OK = b"HTTP/1.1 200 OK\r\n"
BOMB = gzip.compress(bytes(200 * 1024 * 1024))

HOSTILE: dict[str, Behave] = {
    "bomb": answering(BOMB, Content_Encoding="gzip"),
    "bomb in a bomb": answering(gzip.compress(BOMB), Content_Encoding="gzip, gzip"),
    "huge": sending(OK + b"Content-Length: 99999999999\r\n\r\n", then=repeating(bytes(65536))),
    "endless": sending(OK + b"\r\n", then=repeating(bytes(65536))),
    "endless header": sending(OK + b"X-Long: ", then=repeating(b"x" * 65536)),
    "endless headers": sending(OK, then=repeating(b"X-Many: 1\r\n" * 1000)),
    "endless chunk size": sending(
        OK + b"Transfer-Encoding: chunked\r\n\r\n", then=repeating(b"0" * 65536)
    ),
    "endless trailers": sending(
        OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", then=repeating(b"X-Many: 1\r\n" * 1000)
    ),
    "endless interim answers": sending(then=repeating(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)),
    "drip": sending(OK + b"Content-Length: 100000\r\n\r\n", then=repeating(b"x", pause=0.01)),
    "half open": silence,
}

CHILD = textwrap.dedent(
    """
    import asyncio, json, sys, time
    from gateway.outbound.egress import EgressPolicy
    from gateway.engine.request import OutboundRequest
    from gateway.errors import ProviderError
    from gateway.observe.metrics import Metrics
    from gateway.outbound.bulkhead import Bulkhead
    from gateway.outbound.client import open_outbound

    def peak():
        with open("/proc/self/status") as status:
            return next(int(l.split()[1]) * 1024 for l in status if l.startswith("VmHWM"))

    async def ask(outbound, port, path):
        request = OutboundRequest(
            method="POST", url=f"http://127.0.0.1:{port}{path}", headers={}, content=b"code=1"
        )
        return await outbound.send(request, connector="acme", endpoint="exchange")

    async def main(well, port, deadline):
        allow = frozenset({("127.0.0.1", well), ("127.0.0.1", port)})
        policy, bulkhead = EgressPolicy(allow=allow), Bulkhead(Metrics())
        async with open_outbound(policy, bulkhead, total_seconds=deadline) as outbound:
            await ask(outbound, well, "/")
            before, started = peak(), time.monotonic()
            try:
                told = str((await ask(outbound, port, "/")).status)
            except ProviderError as error:
                told = type(error).__name__
            print(json.dumps([told, peak() - before, time.monotonic() - started]))

    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
    """
)


@pytest.mark.requirement("C1")
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize("behave", [*HOSTILE.values()], ids=[*HOSTILE])
async def test_no_answer_makes_memory_grow_or_outlives_the_deadline(behave: Behave) -> None:
    """At most 20 MiB, of the process as the kernel counts it, and an error in time."""
    async with listening(answering(b"{}")) as well, listening(behave) as peer:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            CHILD,
            str(well.port),
            str(peer.port),
            str(DEADLINE),
            stdout=subprocess.PIPE,
        )
        printed, _ = await process.communicate()
        assert process.returncode == 0
        assert len(peer.requests) == 1
    told, grown, seconds = json.loads(printed)
    assert told in {"ProviderUnavailable", "UnreadableResponse"}
    assert grown < MOST
    assert seconds < DEADLINE + 10
