"""The product's own stack for the official conformance suite, with the tools that it asks for.

The suite cannot send a credential, so every request is of one principal. It also tests a server
that asks the client something while a request runs, which the gateway never does: that part is
here.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from mcp.shared.dispatcher import CallOptions
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.errors import GatewayError
from gateway.mcp.app import McpApp
from gateway.mcp.call import Call
from gateway.mcp.control import Surface
from gateway.mcp.handshake import Handshake
from gateway.mcp.principal import Principal
from gateway.mcp.session import Session
from gateway.mcp.wire import Message, Outbox
from gateway.web.mcp_controls import controls_of, describer
from gateway.web.problems import problem_response
from tests.mcp.fixture_tools import extend
from tests.mcp.standin import AsPrincipal
from tests.support.gateway import running_gateway
from tests.support.serving import serving_at

_numbers = itertools.count(1)
_waiting: dict[str, asyncio.Future[Message]] = {}


@dataclass
class AskingCall(Call):
    """A call that can ask the client."""

    can_send_request: bool = True

    async def send_raw_request(
        self, method: str, params: Mapping[str, Any] | None, opts: CallOptions | None = None
    ) -> dict[str, Any]:
        name = f"ask-{next(_numbers)}"
        answer = _waiting[name] = asyncio.get_running_loop().create_future()
        asked = {"jsonrpc": "2.0", "id": name, "method": method, "params": dict(params or {})}
        self.outbox.put(asked)
        found: dict[str, Any] = (await answer)["result"]
        return found


class AskingHandshake(Handshake):
    """The product's entry, whose calls can ask the client."""

    async def take(self, principal: Principal, session: Session, message: Message) -> None:
        waiting = _waiting.pop(str(message.get("id")), None)
        if waiting is not None and "result" in message:
            waiting.set_result(message)
        else:
            await super().take(principal, session, message)

    def call(self, request: Request, message: Message, outbox: Outbox) -> Call:
        plain = super().call(request, message, outbox)
        return AskingCall(**{**vars(plain), "can_send_request": True})


@asynccontextmanager
async def fixture_server(mongodb_url: str, database: str) -> AsyncIterator[str]:
    """The address of a server for the suite, until the context ends."""
    door = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{door.getsockname()[1]}"
    async with running_gateway(mongodb_url, database, public_url=url) as gateway:
        given = gateway.services
        surface = Surface(describe=describer(given), controls=controls_of(given))
        app = McpApp(given, surface, patience=0.0, extend=extend, handshake=AskingHandshake)

        async def problem(_: Request, error: Exception) -> Response:
            return problem_response(error, request_id="")

        outer = Starlette(
            routes=[Route("/mcp", AsPrincipal(app))], exception_handlers={GatewayError: problem}
        )
        async with app.running(), serving_at(outer, door):
            yield f"{url}/mcp"
