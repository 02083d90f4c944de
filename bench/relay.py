"""A bare relay: httpx passes each request on to the provider, and the answer back.

It is the floor of the proxy: on the server that runs the gateway, with one ``httpx.AsyncClient``,
streamed both ways. It checks nothing, renews nothing and writes nothing.
"""

from __future__ import annotations

import argparse
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from gateway.observe.logs import configure_logs
from gateway.server.run import run, serve, server_for

READY_PATH = "/ready"
_KEPT = ("content-type", "content-length")


def relay_app(sandbox: str, host: str, token: str) -> Starlette:
    """The relay to ``host`` as the sandbox at ``sandbox`` simulates it."""

    info = httpx.get(f"{sandbox}/_sandbox/info", trust_env=False).json()
    address, port = info["tls_address"]

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, Any]]:
        context = ssl.create_default_context(cadata=info["ca"])
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
        async with httpx.AsyncClient(verify=context, trust_env=False, limits=limits) as client:
            yield {"client": client, "base": f"https://{address}:{port}"}

    async def ready(request: Request) -> Response:
        return PlainTextResponse("ready")

    async def relay(request: Request) -> Response:
        client: httpx.AsyncClient = request.state["client"]
        query = request.url.query
        headers = {"Host": host, "Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
        headers |= {n: request.headers[n] for n in _KEPT if n in request.headers}
        sent = client.build_request(
            request.method,
            f"{request.state['base']}/{request.path_params['path']}{'?' if query else ''}{query}",
            headers=headers,
            content=request.stream() if "content-length" in request.headers else None,
            extensions={"sni_hostname": host},
        )
        answer = await client.send(sent, stream=True)
        return StreamingResponse(
            answer.aiter_raw(),
            answer.status_code,
            {n: answer.headers[n] for n in _KEPT if n in answer.headers},
            background=BackgroundTask(answer.aclose),
        )

    return Starlette(
        routes=[
            Route(READY_PATH, ready),
            Route("/relay/{path:path}", relay, methods=["GET", "POST"]),
        ],
        lifespan=lifespan,
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Serve the relay on a loopback port until a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m bench.relay", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--sandbox", required=True, help="its address for people")
    parser.add_argument("--host", required=True, help="of the provider's API")
    parser.add_argument("--token", required=True, help="sent with each request")
    arguments = parser.parse_args(argv)
    configure_logs()
    app = relay_app(arguments.sandbox, arguments.host, arguments.token)
    run(serve([server_for(app, host="127.0.0.1", port=arguments.port)]))


if __name__ == "__main__":
    main()
