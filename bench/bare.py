"""The yardstick: one Starlette route that does nothing, on the server that runs the gateway.

It answers with as many bytes of JSON as a token read does, made anew for each request, so that what
is left between the two is the gateway's own work.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from gateway.logs import configure_logs
from gateway.serving import run, serve, server_for

PATH = "/bare"
_FRAME = len(json.dumps({"padding": ""}, separators=(",", ":")))


def bare_app(size: int) -> Starlette:
    """An application whose one route answers with ``size`` bytes of JSON."""
    padding = "x" * max(size - _FRAME, 1)

    async def bare(request: Request) -> JSONResponse:
        return JSONResponse({"padding": padding})

    return Starlette(routes=[Route(PATH, bare, methods=["GET", "POST"])])


def main(argv: Sequence[str] | None = None) -> None:
    """Serve the route on a loopback port until a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m bench.bare", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--size", type=int, default=512, help="bytes of JSON to answer with")
    arguments = parser.parse_args(argv)
    configure_logs()
    server = server_for(bare_app(arguments.size), host="127.0.0.1", port=arguments.port)
    run(serve([server]))


if __name__ == "__main__":
    main()
