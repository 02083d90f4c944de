"""The route ``/mcp``: the protocol (``gateway.mcp``) behind the protected resource."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.background import in_background
from gateway.errors import NotFound
from gateway.mcp.control import Surface
from gateway.web.mcp import PATH, protected
from gateway.web.mcp_controls import controls_of, describer
from gateway.wiring.process import Services


class Protocol:
    """The protocol's application, which is opened for the first request.

    Its package takes half a second to import, which a process without agents saves.
    """

    def __init__(self, given: Services) -> None:
        self._given = given
        self._wanted = asyncio.Event()
        self._opened: asyncio.Future[ASGIApp] = asyncio.get_running_loop().create_future()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._wanted.set()
        app = await asyncio.shield(self._opened)
        await app(scope, receive, send)

    async def run(self) -> None:
        """Open the application when it is asked for, and keep it open until cancelled."""
        await self._wanted.wait()
        try:
            package: Any = await asyncio.to_thread(importlib.import_module, "gateway.mcp.app")
            surface = Surface(describe=describer(self._given), controls=controls_of(self._given))
            app = package.McpApp(self._given, surface)
        except Exception as error:
            self._opened.set_exception(error)
            raise
        async with app.running():
            self._opened.set_result(app)
            await asyncio.Event().wait()


@asynccontextmanager
async def opened_mcp(given: Services) -> AsyncIterator[ASGIApp | None]:
    """Give the application for ``/mcp`` while the context lasts; ``None`` if it is off."""
    if not given.settings.mcp_on:
        yield None
        return
    protocol = Protocol(given)
    async with in_background(protocol.run()):
        yield protected(given, protocol)


class _Endpoint:
    """The route: every method, because the protocol answers each one."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app: ASGIApp | None = scope["state"].get("mcp")
        if app is None:
            raise NotFound
        await app(scope, receive, send)


ROUTES = [Route(PATH, _Endpoint())]
