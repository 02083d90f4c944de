"""Run ASGI applications on uvicorn, with the gateway's logs and a graceful shutdown."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import random
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from typing import Any

import uvicorn

from gateway.errors import SettingsError
from gateway.observe.access_log import flush_logs
from gateway.observe.logs import get_logger
from gateway.server.fast_path import protocol_for
from gateway.server.shutdown import LAST_SECONDS, REQUESTS_SECONDS
from gateway.settings.environment import HostPort

if sys.platform == "win32":  # where uvloop does not run
    _new_event_loop = None
else:
    from uvloop import new_event_loop as _new_event_loop


_log = get_logger()

IDLE_SECONDS = 75
"""How long a connection may be idle between two requests. Clients must close it first (nginx after
60 seconds, httpx after 5): a request that arrives while the server closes is lost."""

_OWN_PORTS = range(10_240, 32_768)


class _Server(uvicorn.Server):
    """Leaves signals to ``serve``, which can run several servers in one process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def server_for(app: Any, *, host: str, port: int, **options: Any) -> uvicorn.Server:
    """Return a server without a ``Server`` header or access log (URLs can hold a code)."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=protocol_for(app),
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=REQUESTS_SECONDS,
        **options,
    )
    return _Server(config)


async def serve(
    servers: Sequence[uvicorn.Server],
    *,
    on_signal: Callable[[], None] = lambda: None,
    drain_seconds: float = 0.0,
) -> None:
    """Run the servers until a signal comes or one of them ends.

    The first signal calls ``on_signal``. New requests are accepted for ``drain_seconds`` after it,
    so that load balancers can notice. A second signal ends the drain.
    """
    loop = asyncio.get_running_loop()
    signals = 0

    def stop() -> None:
        for server in servers:
            server.should_exit = True

    def signalled() -> None:
        nonlocal signals
        signals += 1
        if signals == 1:
            end_in_time()
            on_signal()
        if signals > 1 or drain_seconds == 0:
            stop()
        else:
            loop.call_later(drain_seconds, stop)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, signalled)
    async with asyncio.TaskGroup() as group:
        for server in servers:
            patience = max(1, round(REQUESTS_SECONDS - drain_seconds))
            server.config.timeout_graceful_shutdown = patience
            task = group.create_task(server.serve())
            task.add_done_callback(lambda _: stop())


@contextlib.asynccontextmanager
async def serving_beside(app: Any, address: HostPort) -> AsyncIterator[None]:
    """Serve ``app`` while the context lasts. Raises ``SettingsError`` if it cannot listen there."""
    try:
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        listener = socket.create_server(address, family=family)
    except OSError as error:
        raise SettingsError(
            f"nothing can listen at {address[0]}:{address[1]} ({error.strerror})"
        ) from None
    server = server_for(app, host=address[0], port=address[1], lifespan="off")
    server.config.timeout_graceful_shutdown = 1
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await task


def end_in_time() -> None:
    """Exit ``LAST_SECONDS`` from now, even if something still runs.

    MongoDB's drivers wait for the answer to each closing message, in threads that Python joins.
    With an unreachable database that takes more than half a minute.
    """
    timer = threading.Timer(LAST_SECONDS, _end)
    timer.daemon = True
    timer.start()


def _end() -> None:
    _log.warning("shutdown_forced")
    flush_logs()
    sys.stderr.flush()
    os._exit(0)


YOUNG_OBJECTS = 10_000
"""Objects that are made between two garbage collections. Python's own 700 are one request's."""


def freeze_objects() -> None:
    """Exempt what is in memory now from garbage collection: modules, connectors, services.

    A process keeps them until it ends, and need not scan them again and again.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)


def run(work: Coroutine[Any, Any, None]) -> None:
    """``asyncio.run`` on the fastest event loop that is installed (uvloop; Windows has none)."""
    freeze_objects()
    with asyncio.Runner(loop_factory=_new_event_loop) as runner:
        runner.run(work)


def free_port() -> int:
    """Return a TCP port of the loopback interface that is free now.

    It is below the ports that systems give to outgoing connections (RFC 6335, 8.1.2): one of those
    may be taken again before its server starts.
    """
    for port in random.SystemRandom().sample(_OWN_PORTS, 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("there is no free port")
