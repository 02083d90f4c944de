"""``/metrics``: on a separate address, or in dev mode on the web port.

It is for a scraper that watches one process, and not part of the API: a service key belongs to one
tenant, while the metrics cover all of them, and they must work without the database. The same
address serves the process's health, because a worker has no other port.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from gateway.errors import GatewayError, NotFound
from gateway.observe.metrics import CONTENT_TYPE, Metrics
from gateway.server.run import serving_beside
from gateway.web import health
from gateway.web.browsers import came_through_a_proxy
from gateway.web.problems import problem_response
from gateway.web.state import services
from gateway.wiring.process import Services

PATH = "/metrics"


async def metrics(request: Request) -> Response:
    """Serve this process's metrics on the web port."""
    given = services(request)
    if not given.settings.metrics_on_web or came_through_a_proxy(request):
        raise NotFound
    return _answer(given.metrics)


@asynccontextmanager
async def exposed(given: Services) -> AsyncIterator[None]:
    """Serve metrics and health at the address in ``GATEWAY_METRICS``, if it is set."""
    if given.settings.metrics_address is None:
        yield
        return

    async def show(request: Request) -> Response:
        return _answer(given.metrics)

    routes = [Route(PATH, show), *(operation.route() for operation in health.OPERATIONS)]
    app = Starlette(routes=routes, exception_handlers={GatewayError: _answer_error})

    async def with_services(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": {"services": given}}, receive, send)

    async with serving_beside(with_services, given.settings.metrics_address):
        yield


async def _answer_error(request: Request, error: Exception) -> Response:
    return problem_response(error, request_id="")


def _answer(found: Metrics) -> Response:
    return Response(found.text(), headers={"Content-Type": CONTENT_TYPE})


ROUTES = [Route(PATH, metrics)]
