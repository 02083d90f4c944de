"""JSON-RPC messages as bytes, and a response that begins only when there is something to send."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from mcp.shared.inbound import ERROR_CODE_HTTP_STATUS
from mcp_types import HEADER_MISMATCH, INVALID_REQUEST, PROTOCOL_VERSION_META_KEY
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

PING_SECONDS = 15.0
"""The longest silence of a stream: proxies close those that say nothing."""
STREAM_HEADERS = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
_PING = b": ping\r\n\r\n"

Message = dict[str, Any]


def result_message(request_id: str | int, result: Message) -> Message:
    """Return the response of a request that succeeded."""
    return {"jsonrpc": "2.0", "id": request_id, "result": result}


def error_message(request_id: str | int | None, code: int, text: str, data: Any = None) -> Message:
    """Return the response of a request that failed."""
    error = {"code": code, "message": text} | ({} if data is None else {"data": data})
    return {"jsonrpc": "2.0", "id": request_id, "error": error}


def notification(method: str, params: Message | None = None) -> Message:
    """Return a notification."""
    return {"jsonrpc": "2.0", "method": method} | ({} if params is None else {"params": params})


def refusal_of(message: Any) -> Message | None:
    """Return the error message for one that is not valid JSON-RPC, ``None`` for a valid one.

    A message that names its revision, as those of newer revisions do, needs the header for it.
    """
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        return error_message(None, INVALID_REQUEST, "Body must be a single JSON-RPC message")
    request_id = message.get("id")
    if "id" in message and (not isinstance(request_id, str | int) or isinstance(request_id, bool)):
        return error_message(None, INVALID_REQUEST, "The id must be a string or a number")
    params = message.get("params")
    if not isinstance(message.get("method", ""), str) or not isinstance(params, dict | None):
        return error_message(request_id, INVALID_REQUEST, "Not a JSON-RPC message")
    meta = params.get("_meta") if params is not None else None
    if isinstance(meta, dict) and PROTOCOL_VERSION_META_KEY in meta and "id" in message:
        said = "The header MCP-Protocol-Version must name the revision of the request"
        return error_message(request_id, HEADER_MISMATCH, said)
    return None


def event(message: Message) -> bytes:
    """Return a message as a server-sent event."""
    return b"event: message\r\ndata: %b\r\n\r\n" % _dumped(message)


def reply(message: Message, status: int | None = None) -> Response:
    """Return an answer of one message, with the status that its error has in HTTP."""
    if status is None:
        code = message.get("error", {}).get("code")
        status = 200 if code is None else ERROR_CODE_HTTP_STATUS.get(code, 200)
    return Response(_dumped(message), status, media_type="application/json")


def stream(parts: AsyncIterator[bytes]) -> StreamingResponse:
    """Return an answer of server-sent events, which ``parts`` yields as bytes."""
    return StreamingResponse(parts, 200, dict(STREAM_HEADERS), "text/event-stream")


class Outbox:
    """The events for a client while its request is served, as bytes, with pings between."""

    def __init__(self, most: int = 1000) -> None:
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue(most)
        self.is_closed = False

    def put(self, message: Message) -> None:
        """Send a message; it is dropped if nobody reads."""
        if not self.is_closed and not self._queue.full():
            self._queue.put_nowait(event(message))

    def close(self) -> None:
        """Let the reader end after what is queued."""
        self.is_closed = True
        while True:
            try:
                self._queue.put_nowait(None)
                return
            except asyncio.QueueFull:
                self._queue.get_nowait()

    async def next(self, seconds: float = PING_SECONDS) -> bytes | None:
        """Return the next event, a ping after ``seconds``, or ``None`` at the end."""
        try:
            async with asyncio.timeout(seconds):
                return await self._queue.get()
        except TimeoutError:
            return _PING


async def send_when_known(
    outbox: Outbox, task: asyncio.Task[Message | None], scope: Scope, receive: Receive, send: Send
) -> None:
    """Answer with the task's message alone, or as a stream if something is sent before it.

    The task closes ``outbox`` at its end. Without a message nobody waits for one.
    """
    first = await outbox.next()
    if first is None:
        message = await task
        answer = Response(status_code=202) if message is None else reply(message)
        await answer(scope, receive, send)
        return

    async def parts() -> AsyncIterator[bytes]:
        yield first
        while (part := await outbox.next()) is not None:
            yield part
        if (message := await task) is not None:
            yield event(message)

    await stream(parts())(scope, receive, send)


def _dumped(message: Message) -> bytes:
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()
