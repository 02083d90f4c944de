"""``/mcp`` as an ASGI application, for the revisions with and without a handshake.

It expects a ``Principal`` in the ASGI scope (``gateway.mcp.principal``), and answers 401 without.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from mcp.server.lowlevel.server import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from gateway.background import in_background
from gateway.errors import ApprovalUnknown, Forbidden, NotReady, UnknownTool, WrongHost
from gateway.mcp.asking import Asking, errors_told
from gateway.mcp.calling import PATIENCE, Calling
from gateway.mcp.control import Surface
from gateway.mcp.handshake import Handshake
from gateway.mcp.listing import Listing
from gateway.mcp.principal import Principal, principal_in
from gateway.mcp.relay import Relay
from gateway.mcp.request_state import state_boundary
from gateway.mcp.server import make_server
from gateway.mcp.session import Sessions
from gateway.mcp.skills import McpSkills
from gateway.store.approvals import State
from gateway.tools.registry import Registry
from gateway.wiring.process import Services

STOP_EVERY = 0.5
"""Seconds between two looks at whether the process stops: open streams would hold it up."""

HandshakeFactory = Callable[[Server[Any], Sessions, Relay, Any], Handshake]


class McpApp:
    """The protocol behind ``/mcp``. ``running`` must be entered while it serves."""

    def __init__(
        self,
        given: Services,
        surface: Surface,
        *,
        patience: float = PATIENCE,
        extend: Callable[[Server[Any], Relay], None] | None = None,
        handshake: HandshakeFactory = Handshake,
    ) -> None:
        """Build the server. ``extend`` and ``handshake`` are for the conformance suite's tools."""
        self._given = given
        self._registry: Registry = given.registry
        self._public_url = given.settings.public_url
        self._relay = Relay(given.mcp_messages, given.clock, self._is_answered)
        asking = Asking(surface.describe, self._relay)
        self._server = make_server(
            listing=Listing(given.discovery, surface.controls),
            calling=Calling(
                calls=given.tool_calls,
                registry=given.registry,
                controls=surface.controls,
                asking=asking,
                relay=self._relay,
                patience=patience,
            ),
            skills=McpSkills(given.skills),
            relay=self._relay,
        )
        if extend is not None:
            extend(self._server, self._relay)
        # Not the package's own list, which has its tracing: the access log and metrics are ours.
        boundary = state_boundary(given.vault, f"{self._public_url}/mcp")
        self._server.middleware = [errors_told(surface.describe), boundary]
        self._entry = StreamableHTTPSessionManager(self._server, stateless=True)
        self._handshake = handshake(self._server, Sessions(given.vault), self._relay, given.clock)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve until the context ends."""
        async with self._entry.run(), in_background(self._close_streams_at_the_end()):
            try:
                yield
            finally:
                self._relay.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; raises a ``GatewayError`` for one that is not the protocol's."""
        principal_in(scope)
        request = Request(scope)
        self._check_browser(request)
        await self._registry.loaded()
        version = request.headers.get("mcp-protocol-version")
        if version is None or version in HANDSHAKE_PROTOCOL_VERSIONS:
            await self._handshake(scope, receive, send)
        else:
            await self._entry.handle_request(scope, receive, send)

    def _check_browser(self, request: Request) -> None:
        """Raise ``WrongHost`` or ``Forbidden`` for a page that another site opened (rebinding)."""
        if request.headers.get("host") != self._public_url.partition("://")[2]:
            raise WrongHost(f"The endpoint is {self._public_url}/mcp")
        if request.headers.get("origin") not in {None, self._public_url}:
            raise Forbidden("this request came from another site")

    async def _is_answered(self, principal: Principal, tool: str, approval: str | None) -> bool:
        """Whether a call would go on now: the approval is decided, or nothing is unmet."""
        if approval is not None:
            try:
                found = await self._given.approvals.status(principal.tenant, approval)
            except ApprovalUnknown:
                return True
            return found.state is not State.WAITING
        try:
            tools = await self._registry.of(principal.tenant, principal.user)
            wanted = tools.tool(tool)
        except UnknownTool:
            return True
        view = await self._given.discovery.look(principal.tenant, principal.user)
        finding = await view.of(wanted)
        return finding is None or not finding.unmet

    async def _close_streams_at_the_end(self) -> None:
        while True:
            try:
                self._given.check_process()
            except NotReady:
                self._relay.close()
                return
            await asyncio.sleep(STOP_EVERY)
