"""``/metrics``: at an address of its own, or in dev mode on the web port.

It is for a scraper that watches one process, and no part of the API: a key belongs to a tenant,
while these numbers are of all of them, and they must be there when the database is not.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.errors import NotFound
from gateway.metrics import CONTENT_TYPE, Metrics
from gateway.serving import serving_beside
from gateway.settings import Settings
from gateway.web.context import services

PATH = "/metrics"


async def metrics(request: Request) -> Response:
    """This process's metrics, where the web port serves them."""
    given = services(request)
    if not given.settings.metrics_on_web:
        raise NotFound
    return _answer(given.metrics)


@asynccontextmanager
async def exposed(settings: Settings, found: Metrics) -> AsyncIterator[None]:
    """Serve these metrics at the address that ``GATEWAY_METRICS`` names, if it names one.

    For every process, with or without a web port of its own. Raises ``SettingsError`` if nothing
    can listen there.
    """
    if settings.metrics_address is None:
        yield
        return

    async def show(request: Request) -> Response:
        return _answer(found)

    app = Starlette(routes=[Route(PATH, show)])
    async with serving_beside(app, settings.metrics_address):
        yield


def _answer(found: Metrics) -> Response:
    return Response(found.text(), headers={"Content-Type": CONTENT_TYPE})


ROUTES = [Route(PATH, metrics)]
