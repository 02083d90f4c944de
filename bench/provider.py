"""The simulated providers of the sandbox as a process that takes its time over every refresh.

``GET /_bench/seconds`` answers with the seconds of each token request since its last call. They are
the provider's own cost, and are subtracted from the time that its callers waited. Below every API,
``ANSWER_PATH`` and ``STREAM_PATH`` cost as little as possible.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from connectors.catalog import Catalog
from gateway.observe.logs import configure_logs
from gateway.sandbox.server import load_apis, load_providers, open_sandbox
from gateway.server.run import run, serve

SECONDS_PATH = "/_bench/seconds"
ANSWER_PATH = "/_bench/answer"
STREAM_PATH = "/_bench/stream"
"""GET answers with as many bytes as its query says, POST with the number of bytes that it read."""
_ANSWER = b'{"padding":"%b"}' % (b"x" * 1000)
_PART = b"x" * 65536


class Api:
    """Answers calls to the API: the same body each time, or a long stream."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if not path.endswith((ANSWER_PATH, STREAM_PATH)):
            await self._app(scope, receive, send)
        elif path.endswith(ANSWER_PATH):
            await _start(send, len(_ANSWER))
            await send({"type": "http.response.body", "body": _ANSWER})
        elif scope["method"] == "GET":
            left = int(scope["query_string"])
            await _start(send, left)
            while left > 0:
                part, left = _PART[:left], left - len(_PART)
                await send({"type": "http.response.body", "body": part, "more_body": left > 0})
        else:
            read, more = 0, True
            while more:
                message = await receive()
                read += len(message.get("body", b""))
                more = message.get("more_body", False)
            await _start(send, len(str(read)))
            await send({"type": "http.response.body", "body": str(read).encode()})


async def _start(send: Send, length: int) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % length)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})


class SlowTokens:
    """Delays the answer to each token request by ``delay`` seconds, and keeps the times.

    A token request of a simulated provider is a POST to an address that ends in ``/token``.
    """

    def __init__(self, app: ASGIApp, delay: float, times: list[float]) -> None:
        self._app = app
        self._delay = delay
        self._times = times

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == SECONDS_PATH:
            told = list(self._times)
            self._times.clear()
            await JSONResponse(told)(scope, receive, send)
        elif scope["type"] == "http" and (scope["method"], scope["path"][-6:]) == (
            "POST",
            "/token",
        ):
            began = time.perf_counter()
            await asyncio.sleep(self._delay)
            await self._app(scope, receive, send)
            self._times.append(time.perf_counter() - began)
        else:
            await self._app(scope, receive, send)


def main(argv: Sequence[str] | None = None) -> None:
    """Serve the sandbox on a loopback port until a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m bench.provider", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True, help="of the sandbox's files")
    parser.add_argument("--gateway", required=True, help="the gateway's own address")
    parser.add_argument("--delay", type=float, required=True, help="seconds per token request")
    arguments = parser.parse_args(argv)
    configure_logs()
    servers = open_sandbox(
        load_providers(Catalog({})),
        apis=load_apis(Catalog({})),
        gateway_url=arguments.gateway,
        folder=arguments.folder,
        port=arguments.port,
    )
    times: list[float] = []
    for server in servers:
        app: Any = server.config.app
        app.state.sandbox.ledger.file = None  # writing it at each refresh would be the load
        server.config.app = Api(SlowTokens(app, arguments.delay, times))
    run(serve(servers))


if __name__ == "__main__":
    main()
