"""``/healthz``: the process is up. ``/readyz``: it can work. Neither says more (L5)."""

from __future__ import annotations

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from gateway.web.operation import Operation
from gateway.web.replies import reply
from gateway.web.state import services


class HealthReply(BaseModel):
    """``status`` is ``ok``."""

    status: str


async def healthz(request: Request) -> Response:
    """Answer while the process runs."""
    return reply(HealthReply(status="ok"))


async def readyz(request: Request) -> Response:
    """Check the database and the encryption keys, and that the process is not shutting down."""
    given = services(request)
    given.check_process()
    await given.ping()
    return reply(HealthReply(status="ok"))


OPERATIONS = [
    Operation(
        method="GET",
        path="/healthz",
        handler=healthz,
        who="anyone",
        summary="The process is up",
        reply=HealthReply,
    ),
    Operation(
        method="GET",
        path="/readyz",
        handler=readyz,
        who="anyone",
        summary="The process can work",
        reply=HealthReply,
        errors=("store_unavailable", "not_ready"),
    ),
]
