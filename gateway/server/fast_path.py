"""Answers that are known as soon as a request is there: given without a task, and written in one piece.

Most requests ask for what this process remembers. For them, the machinery that lets a request wait (a
task, an event, messages to and fro) costs more than the answer itself. So an application may have a
method ``respond_sync``: it is asked first, with a whole request, and says ``None`` to whatever it
would have to wait for. That request is then served as ever, as if nobody had asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, MutableMapping
from typing import Any, NamedTuple

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from gateway.server.connection_limits import GuardedProtocol

Header = tuple[bytes, bytes]
"""Name, in lower case, and value."""

_IN_NAMES = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
_IN_VALUES = bytes((0x09, *range(0x20, 0x7F), *range(0x80, 0x100)))


class Answer(NamedTuple):
    """A whole answer. ``head`` are its header lines (``head_lines``), among them the length of ``body``."""

    status: int
    head: bytes
    body: bytes


RespondSync = Callable[[MutableMapping[str, Any], bytes], Answer | None]
"""From an ASGI scope and the whole body to the answer, or ``None`` where that has to wait for something.

It must neither block nor raise, nor set a context variable: unlike a task, it has no context of its own.
A request with ``HEAD`` is not for it.
"""


def head_lines(headers: Collection[Header]) -> bytes:
    """Headers as they are sent; raises ``ValueError`` if one is none (RFC 9110, section 5)."""
    # All in one go: a look at each by itself takes longer than the rest of an answer does.
    names = b"".join([name for name, _ in headers])
    values = b"".join([value for _, value in headers])
    if names.translate(None, _IN_NAMES) or values.translate(None, _IN_VALUES):
        raise ValueError("a header has a character that it may not have")
    return b"".join([b"%b: %b\r\n" % header for header in headers])


class FastPathProtocol(GuardedProtocol):
    """The protocol that asks ``respond_sync`` first, where the application has one."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._at_once: RespondSync | None = getattr(self.app, "respond_sync", None)
        self._is_reading = False
        self._held: tuple[RequestResponseCycle, ASGI3Application] | None = None
        self._common: tuple[list[Header], bytes] = ([], b"")

    def data_received(self, data: bytes) -> None:
        """Read all of it; only then is the request begun that it brought."""
        self._is_reading = True
        super().data_received(data)
        self._is_reading = False
        if self._held is None:
            return
        (cycle, app), self._held = self._held, None
        # What hung up, or was hung up on, in the middle of its own request is not served.
        if not self.transport.is_closing() and not self._answered(cycle):
            super()._start_asgi_task(cycle, app)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        # Others of the same connection wait in uvicorn's pipeline until this one was answered. It may
        # also be another application's, where there are too many requests.
        if self._is_reading and self._at_once is not None and app is self.app:
            self._held = cycle, app
        else:
            super()._start_asgi_task(cycle, app)

    def _answered(self, cycle: RequestResponseCycle) -> bool:
        """Whether the request could be answered at once, and was."""
        # A client that does not read its answers is waited for, which only a task can.
        if self._at_once is None or cycle.more_body or self.flow.write_paused:
            return False
        answer = self._at_once(cycle.scope, bytes(cycle.body))  # type: ignore[arg-type]
        if answer is None:
            return False
        if cycle.default_headers is not self._common[0]:  # another second has begun
            self._common = cycle.default_headers, head_lines(cycle.default_headers)
        # From here on the same as in uvicorn's own ``send``.
        cycle.response_started = cycle.response_complete = True
        self.transport.write(
            b"".join(
                (
                    STATUS_LINE[answer.status],
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
        return True


def _nothing() -> None:
    """What is left of a cycle's way back to its connection: so neither keeps the other in memory."""
