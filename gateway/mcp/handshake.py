"""HTTP of the revisions with a handshake (2025-11-25 and older), without a session in memory.

The transport of the ``mcp`` package either keeps sessions in a dictionary of the process, or knows
no capabilities of a client. Here the id of a session carries them (``gateway.mcp.session``), so
that each request can reach another process. A client's cancellation of a running call goes through
the database (``gateway.mcp.relay``).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from mcp.server.connection import Connection
from mcp.server.lowlevel.server import NotificationOptions, Server
from mcp.server.runner import ServerRunner, aclose_shielded, modern_error_data
from mcp.shared.jsonrpc_dispatcher import progress_token_from_params
from mcp.shared.message import ServerMessageMetadata
from mcp.shared.transport_context import TransportContext
from mcp_types import INVALID_REQUEST, PARSE_ERROR, InitializeRequestParams
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.clock import Clock
from gateway.mcp.call import Call
from gateway.mcp.principal import Principal, principal_in
from gateway.mcp.relay import Relay
from gateway.mcp.session import Session, Sessions
from gateway.mcp.wire import (
    Message,
    Outbox,
    error_message,
    refusal_of,
    reply,
    result_message,
    send_when_known,
)

SESSION_ID = "mcp-session-id"
SESSION = "gateway.mcp_session"
"""The place of the ``Session`` in the ASGI scope of a request."""
WITHOUT_HEADER = "2025-03-26"
"""The revision of a request without a header and without a session, by the specification."""


class Handshake:
    """Serves the requests of those revisions."""

    def __init__(self, server: Server[Any], sessions: Sessions, relay: Relay, clock: Clock) -> None:
        self._server = server
        self._sessions = sessions
        self._relay = relay
        self._clock = clock
        self._options = server.create_initialization_options(
            NotificationOptions(tools_changed=True)
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        request = Request(scope, receive)
        session = None
        if (session_id := request.headers.get(SESSION_ID)) is not None:
            session = self._sessions.open(session_id, principal_in(scope), self._clock())
            if session is None:
                gone = error_message(None, INVALID_REQUEST, "Session not found: initialize again")
                await reply(gone, 404)(scope, receive, send)
                return
            scope = {**scope, SESSION: session}
        if request.method == "GET" and session is not None:
            await self._relay.stream(principal_in(scope), session.topic)(scope, receive, send)
        elif request.method == "POST":
            await self._post(scope, receive, send, session)
        else:
            allow = {"Allow": "POST" if session is None else "GET, POST"}
            await Response(status_code=405, headers=allow)(scope, receive, send)

    async def _post(
        self, scope: Scope, receive: Receive, send: Send, session: Session | None
    ) -> None:
        request = Request(scope, receive)
        body = await request.body()
        try:
            message = json.loads(body)
        except (ValueError, RecursionError):
            refusal = error_message(None, PARSE_ERROR, "Parse error")
            await reply(refusal)(scope, receive, send)
            return
        if (wrong := refusal_of(message)) is not None:
            await reply(wrong)(scope, receive, send)
        elif "id" not in message or "method" not in message:
            if session is not None:
                await self.take(principal_in(scope), session, message)
            await Response(status_code=202)(scope, receive, send)
        elif message["method"] == "initialize":
            await self._initialize(request, message, scope, receive, send)
        else:
            await self._request(request, message, session, send)

    async def take(self, principal: Principal, session: Session, message: Message) -> None:
        """Take a notification or a response of the client: only a cancellation means something."""
        if message.get("method") == "notifications/cancelled":
            params = message.get("params")
            request_id = params.get("requestId") if isinstance(params, Mapping) else None
            if isinstance(request_id, str | int):
                await self._relay.cancel(principal.tenant, session.topic, request_id)

    async def _initialize(
        self, request: Request, message: Message, scope: Scope, receive: Receive, send: Send
    ) -> None:
        connection = Connection.from_envelope(HANDSHAKE_PROTOCOL_VERSIONS[-1], None, None)
        answer = await self._served(self.call(request, message, Outbox()), message, connection)
        response = reply(answer)
        if "result" in answer:
            said = InitializeRequestParams.model_validate(message["params"], by_name=False)
            response.headers[SESSION_ID] = self._sessions.begin(
                principal_in(scope),
                version=answer["result"]["protocolVersion"],
                capabilities=said.capabilities,
                client=said.client_info,
                now=self._clock(),
            )
        await response(scope, receive, send)

    async def _request(
        self, request: Request, message: Message, session: Session | None, send: Send
    ) -> None:
        version = request.headers.get("mcp-protocol-version")
        if session is None:
            connection = Connection.from_envelope(version or WITHOUT_HEADER, None, None)
        else:
            connection = Connection.from_envelope(
                version or session.version, session.client, session.capabilities
            )
        outbox = Outbox()
        call = self.call(request, message, outbox)

        is_cancelled = False

        def cancel() -> None:
            nonlocal is_cancelled
            # Once: it is announced by the store and by the change stream, and a second one would
            # reach the clean-up after the first, which then leaves the provider's connection open.
            if not is_cancelled:
                is_cancelled = True
                task.cancel()

        async def serve() -> Message | None:
            try:
                return await self._served(call, message, connection)
            except asyncio.CancelledError:
                if is_cancelled:
                    return None  # the client expects no result any more
                raise
            finally:
                outbox.close()

        task = asyncio.create_task(serve())
        topic = None if session is None else session.topic
        with self._relay.running(topic, call.request_id, cancel):
            try:
                # A client that only hangs up has not cancelled (specification, "Transports").
                await send_when_known(outbox, task, request.scope, _silent, send)
            finally:
                task.cancel()

    def call(self, request: Request, message: Message, outbox: Outbox) -> Call:
        """Return what handlers see of a request."""
        return Call(
            transport=TransportContext(
                kind="streamable-http", can_send_request=False, headers=request.headers
            ),
            request_id=message["id"],
            message_metadata=ServerMessageMetadata(request_context=request),
            outbox=outbox,
            progress_token=progress_token_from_params(message.get("params")),
        )

    async def _served(self, call: Call, message: Message, connection: Connection) -> Message:
        runner = ServerRunner(self._server, connection, {}, init_options=self._options)
        try:
            result = await runner.on_request(call, message["method"], message.get("params"))
            return result_message(call.request_id, result)
        except Exception as failed:
            error = modern_error_data(failed)
            return error_message(call.request_id, error.code, error.message, error.data)
        finally:
            await aclose_shielded(connection)


async def _silent() -> Any:
    """Never say that the client has left."""
    await asyncio.Event().wait()
