"""Running ASGI applications: uvicorn, with our logs, and a graceful end on SIGINT and SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Coroutine, Iterator, Sequence
from typing import Any

import uvicorn

if sys.platform == "win32":  # where uvloop does not run
    _new_event_loop = None
else:
    from uvloop import new_event_loop as _new_event_loop

GRACE_SECONDS = 20


class _Server(uvicorn.Server):
    """Leaves signals to ``serve``, which may run several servers in one process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def server_for(app: Any, *, host: str, port: int, **options: Any) -> uvicorn.Server:
    """A server that says nothing about itself and logs no addresses (they may hold a code)."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        **options,
    )
    return _Server(config)


async def serve(servers: Sequence[uvicorn.Server]) -> None:
    """Run the servers until a signal comes or one of them ends."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for server in servers:
            server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    async with asyncio.TaskGroup() as group:
        for server in servers:
            task = group.create_task(server.serve())
            task.add_done_callback(lambda _: stop())


def run(work: Coroutine[Any, Any, None]) -> None:
    """``asyncio.run`` on the fastest event loop that is installed (uvloop; Windows has none)."""
    with asyncio.Runner(loop_factory=_new_event_loop) as runner:
        runner.run(work)


def free_port() -> int:
    """A TCP port of the loopback interface that nobody uses right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
