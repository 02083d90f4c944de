"""The fast path: answer without an ASGI task where nothing is waited for, and in one write.

Most requests ask for a token that this process has cached. A task, an event and ASGI messages cost
more than the answer itself. So an application may offer ``respond_sync``: the protocol calls it
with a whole request, and it returns the answer, or ``None`` for a request that has to wait. Such a
request is served through the ASGI application as usual. It may still answer with ``WRITE``, which
sends head and body together: a second write costs both sides more than making the head.

All use of uvicorn's private parts is in this module. ``protocol_for`` checks at start that they
exist; without them the server logs that the fast path is off and serves every request through ASGI.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, MutableMapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import uvicorn
from uvicorn.protocols.http import httptools_impl

from gateway.observe.logs import get_logger
from gateway.server.connection_limits import GuardedProtocol

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

_log = get_logger()

Header = tuple[bytes, bytes]
"""Name, in lower case, and value."""

_IN_NAMES = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
_IN_VALUES = bytes((0x09, *range(0x20, 0x7F), *range(0x80, 0x100)))

_HOOK = "_start_asgi_task"
"""uvicorn's method that begins a request: it is overridden here."""
_CYCLE_FIELDS = (
    "scope",
    "body",
    "more_body",
    "keep_alive",
    "default_headers",
    "response_started",
    "response_complete",
    "disconnected",
    "message_event",
    "waiting_for_100_continue",
    "on_response",
)
"""The fields of uvicorn's request cycle that are read or written here."""


class Answer(NamedTuple):
    """A whole answer; ``head`` (from ``head_lines``) includes the length of ``body``."""

    status: int
    head: bytes
    body: bytes


WRITE = "gateway.write"
"""The key in an ASGI scope of a ``Write``. Take it out: it refers to the scope."""
Write = Callable[[Answer], bool]
"""Sends a whole answer instead of ASGI messages; ``False`` if it has to be sent as messages.

The head must not say how the connection goes on.
"""

RespondSync = Callable[[MutableMapping[str, Any], bytes], Answer | None]
"""Takes an ASGI scope and the whole body; returns the answer, or ``None`` to use ASGI.

It must not block, raise, or set a context variable: unlike a task, it shares its context.
It must return ``None`` for a ``HEAD`` request.
"""


def head_lines(headers: Collection[Header]) -> bytes:
    """Serialise headers; raise ``ValueError`` for an invalid one (RFC 9110, section 5)."""
    # All of them together: checking each by itself takes longer than the rest of an answer.
    names = b"".join([name for name, _ in headers])
    values = b"".join([value for _, value in headers])
    if names.translate(None, _IN_NAMES) or values.translate(None, _IN_VALUES):
        raise ValueError("a header has an invalid character")
    return b"".join([b"%b: %b\r\n" % header for header in headers])


def protocol_for(app: Any) -> type[GuardedProtocol]:
    """Choose the protocol that serves ``app``: the fast path if both sides support it."""
    if not hasattr(app, "respond_sync"):
        return GuardedProtocol
    if missing := missing_part():
        _log.warning("fast_path_off", uvicorn=uvicorn.__version__, missing=missing)
        return GuardedProtocol
    return FastPathProtocol


def missing_part() -> str | None:
    """Name a part of uvicorn that the fast path needs and the installed version lacks."""
    hook = getattr(httptools_impl.HttpToolsProtocol, _HOOK, None)
    if hook is None or list(inspect.signature(hook).parameters) != ["self", "cycle", "app"]:
        return _HOOK
    if 200 not in getattr(httptools_impl, "STATUS_LINE", {}):
        return "STATUS_LINE"
    kind = getattr(httptools_impl, "RequestResponseCycle", None)
    if kind is None:
        return "RequestResponseCycle"
    # It only keeps its arguments, so that an empty one shows its fields.
    cycle = kind(**dict.fromkeys(inspect.signature(kind).parameters))
    lacking = [name for name in _CYCLE_FIELDS if not hasattr(cycle, name)]
    return f"RequestResponseCycle.{lacking[0]}" if lacking else None


class FastPathProtocol(GuardedProtocol):
    """A protocol that calls the application's ``respond_sync`` before it starts a task."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._respond_sync: RespondSync = self.app.respond_sync
        self._is_reading = False
        self._held: tuple[RequestResponseCycle, ASGI3Application] | None = None
        self._common: tuple[list[Header], bytes] = ([], b"")

    def data_received(self, data: bytes) -> None:
        """Parse all of the data first, then begin the request that it completed."""
        self._is_reading = True
        super().data_received(data)
        self._is_reading = False
        if self._held is None:
            return
        (cycle, app), self._held = self._held, None
        # The connection may have been closed while its own request was parsed.
        if not self.transport.is_closing() and not self._responded(cycle):
            self._start(cycle, app)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        # Later requests of this connection wait in uvicorn's pipeline until this one is answered.
        # Above uvicorn's limit of concurrent requests, ``app`` is the one that answers with 503.
        if self._is_reading and app is self.app:
            self._held = cycle, app
        else:
            self._start(cycle, app)

    def _start(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        cycle.scope[WRITE] = partial(self._write_for_task, cycle)  # type: ignore[literal-required]
        super()._start_asgi_task(cycle, app)

    def _write_for_task(self, cycle: RequestResponseCycle, answer: Answer) -> bool:
        # Messages can wait for a client that does not read, and end quietly if it has left.
        if cycle.disconnected or cycle.response_started or self.flow.write_paused:
            return False
        cycle.waiting_for_100_continue = False  # nobody is told to go on after the answer
        self._write(cycle, answer)
        cycle.message_event.set()  # whoever still waits for the request
        return True

    def _responded(self, cycle: RequestResponseCycle) -> bool:
        """Whether the request could be answered now, and was."""
        # Only a task can wait for a client that does not read its answers.
        if cycle.more_body or self.flow.write_paused:
            return False
        answer = self._respond_sync(cycle.scope, bytes(cycle.body))  # type: ignore[arg-type]
        if answer is None:
            return False
        self._write(cycle, answer)
        return True

    def _write(self, cycle: RequestResponseCycle, answer: Answer) -> None:
        if cycle.default_headers is not self._common[0]:  # uvicorn makes new ones each second
            self._common = cycle.default_headers, head_lines(cycle.default_headers)
        # The rest does what uvicorn's own ``send`` does.
        cycle.response_started = cycle.response_complete = True
        self.transport.write(
            b"".join(
                (
                    httptools_impl.STATUS_LINE[answer.status],
                    self._common[1],
                    answer.head,
                    b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n",
                    answer.body,
                )
            )
        )
        if not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()
        cycle.on_response = _nothing


def _nothing() -> None:
    """Do nothing: in place of ``on_response`` it breaks the cycle of references."""
