"""Live events as server-sent events (WHATWG HTML, section 9.2): ``GET /v1/events``."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, Field
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from gateway.access.assertions import HEADER
from gateway.access.identity import is_user_id
from gateway.access.service_keys import KeyCaller, Role
from gateway.errors import GatewayError, InvalidRequest, NotSignedIn
from gateway.live.stream import STILL_HERE, Stream
from gateway.live.view import Event, View
from gateway.live.view import Scope as Shown
from gateway.observe.logs import get_logger
from gateway.server.connection_limits import ABORT
from gateway.store.fresh.notices import Tag, row_tag
from gateway.web.callers import bounds_of, require_key, require_session
from gateway.web.operation import Operation
from gateway.web.state import services

_log = get_logger()

RETRY_MS = 2000
"""How long a browser waits before it opens a stream again."""
SLOW_SECONDS = 30.0
"""How long a client may not read: then its connection is ended. It returns to a snapshot."""
MOST_SECONDS = 3600

_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""No cache keeps a stream, and nginx does not gather it."""


class LiveEvent(BaseModel):
    """A server-sent event. docs/operations.md has the members of each kind's ``data``, a JSON text.

    The first one is a ``snapshot``; a ``resync`` replaces what came before it.
    """

    event: Literal[
        "snapshot",
        "resync",
        "connection.added",
        "connection.changed",
        "connection.removed",
        "approval.waiting",
        "approval.decided",
        "approval.ended",
    ]
    data: Annotated[str, Field(json_schema_extra={"contentMediaType": "application/json"})]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Caller:
    """Who listens: whose rows they may see, and what ends that.

    ``holder`` is whom the stream counts for, ``credential`` the tag of the session or key.
    """

    holder: str
    shown: Shown
    credential: Tag
    check: Callable[[], Awaitable[None]]


async def live_events(request: Request) -> Response:
    """Stream a snapshot of connections and waiting calls, and then each change, until it is closed.

    ``seconds`` ends the stream earlier; with 0 it has the snapshot alone.
    """
    caller = await _caller(request)
    seconds = _seconds(request)
    if request.method == "HEAD":
        return Response(headers=_HEADERS, media_type=_Answer.media_type)
    given = services(request)
    listener = given.live.open(caller.holder)
    try:
        stream = Stream(
            views=given.views,
            scope=caller.shown,
            listener=listener,
            credential=caller.credential,
            check=caller.check,
        )
        view = await stream.first()
    except BaseException:
        listener.close()
        raise
    return _Answer(stream, view, seconds)


class _Answer(StreamingResponse):
    """The stream as an answer. However it ends, it counts no more then."""

    media_type = "text/event-stream"

    def __init__(self, stream: Stream, view: View, seconds: float | None) -> None:
        self._listener = stream.listener
        self._seconds = seconds
        super().__init__(_lines(stream, view), headers=_HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_in_time(message: Message) -> None:
            async with asyncio.timeout(SLOW_SECONDS):
                await send(message)

        with self._listener:
            if self._seconds is not None:
                self._listener.end_in(self._seconds)
            try:
                await super().__call__(scope, receive, send_in_time)
            except* TimeoutError:
                _log.info("event_stream_slow")
                if abort := scope.get("extensions", {}).get(ABORT):
                    abort["call"]()
                    await asyncio.sleep(0)  # the server notes that the connection is gone


async def _lines(stream: Stream, view: View) -> AsyncIterator[bytes]:
    yield b"retry: %d\n\n" % RETRY_MS
    try:
        async for event in stream.events(view):
            yield b": still here\n\n" if event is STILL_HERE else _line(event)
    except GatewayError as error:
        # The credential has ended, or the database is away: the next stream is told which.
        _log.info("event_stream_ended", error=type(error).__name__)


def _line(event: Event) -> bytes:
    # JSON has no line break outside of texts, and escapes those within.
    return b"event: %b\ndata: %b\n\n" % (event.name.encode(), to_json(dict(event.data)))


def _seconds(request: Request) -> float | None:
    value = request.query_params.get("seconds")
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,4}", value) or int(value) > MOST_SECONDS:
        raise InvalidRequest(f"seconds: must be 0 to {MOST_SECONDS}")
    return float(value)


async def _caller(request: Request) -> _Caller:
    if "authorization" in request.headers:
        return await _key(request)
    session = await require_session(request)
    given = services(request)
    user = request.query_params.get("user", session.user)
    session.bounds.require_user(user)

    async def check() -> None:
        if not await given.sessions.is_alive(session):
            raise NotSignedIn

    return _Caller(
        holder=f"session {session.session_id}",
        shown=Shown(
            bounds=session.bounds, user=session.user, has_org=session.admin, has_approvals=True
        ),
        credential=row_tag("sessions", session.session_id),
        check=check,
    )


async def _key(request: Request) -> _Caller:
    key = await require_key(request, Role.CONNECTIONS)
    user = request.query_params.get("user", "")
    if not is_user_id(user):
        raise InvalidRequest("say whose events: ?user=…")
    bounds = bounds_of(request, key)
    bounds.require_user(user)

    async def check() -> None:
        again: KeyCaller = await services(request).keys.authenticate(
            request.headers.get("authorization")
        )
        again.require(Role.CONNECTIONS)
        bounds_of(request, again).require_user(user)

    return _Caller(
        holder=f"key {key.key_id} {user}",
        # A key sees calls that wait only if it sees approvals.
        shown=Shown(bounds=bounds, user=user, has_org=False, has_approvals=Role.TOOLS in key.roles),
        credential=row_tag("service_keys", key.key_id),
        check=check,
    )


OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/events",
        handler=live_events,
        query=("user", "seconds"),
        summary="What changes for a user, as it happens",
        who="session or key",
        role="connections",
        headers=(HEADER,),
        reply=LiveEvent,
        media_type="text/event-stream",
        errors=(
            "unauthorized",
            "forbidden",
            "assertion_required",
            "assertion_invalid",
            "invalid_request",
            "too_many_streams",
            "streams_full",
            "not_ready",
            "store_unavailable",
        ),
    )
]
