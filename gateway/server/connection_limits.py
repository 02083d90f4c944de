"""Limits on the size and pace of what a client sends on a connection (security F5).

uvicorn's parser ``h11`` limits the size of a head. ``httptools``, several times as fast, reads a
head of any size at any pace. The application limits bodies (``gateway.web.middleware``); this
module limits what comes before the application is called and after it has answered.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD = 32 * 1024
"""Bytes of a request line and its headers, as proxies allow by default."""
MAX_REQUEST = 16 * 1024 * 1024
"""Bytes of a request that nobody reads any more. Before the answer, the application's pace counts:
the connection is not read while 64 KiB wait for it."""
HEAD_SECONDS = 10.0
"""From the first byte of a request to the end of its headers."""
LINGER_SECONDS = 10.0
"""How long a client may go on sending a request that was answered already."""
WHOLE = "gateway.whole"
"""The ASGI extension that marks a request whose whole body has arrived."""
ABORT = "gateway.abort"
"""The ASGI extension that ends the connection at once: ``call()`` is no clean end of an answer."""
_ONCE = (b"host", b"authorization", b"content-type", b"origin", b"sec-fetch-site")
"""Fields of one value (RFC 9110 5.3). If one comes twice, a proxy may have judged the other one."""
_NO_LINGER = struct.pack("ii", 1, 0)


class _HeadRefused(Exception):
    """Raised inside the parser, which then calls ``send_400_response``."""


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with limits. Each connection has one timer for the bytes it waits for."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._timer: asyncio.TimerHandle | None = None
        self._in_head = True
        self._in_body = False
        self._size = 0
        self._is_first = True
        self._refusal = HTTPStatus.BAD_REQUEST

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let a new connection be idle as long as one between two requests."""
        super().connection_made(transport)
        self._unfinished: dict[str, Any] = {ABORT: {"call": self._abort}}
        self._finished = {WHOLE: {}, **self._unfinished}
        # A shorter time would close the connections of a busy client that opens many and then
        # sends: a request that arrives while the server closes is lost.
        self._wait(self.timeout_keep_alive)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer of a closed connection."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser, and check the size of an unfinished request."""
        if self.transport.is_closing():
            return
        if self._timer is not None and not self._size:
            self._stop_waiting()  # the first byte of a new connection
        self._size += len(data)
        self._is_first = True
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._in_head and self._size > MAX_HEAD:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._size > MAX_REQUEST and self._is_unread():
            self.transport.close()
        elif self._in_head and self._size and self._timer is None:
            self._wait(HEAD_SECONDS)  # the head is incomplete

    def on_message_begin(self) -> None:
        """Start a request."""
        super().on_message_begin()
        self._size = self._size or 1  # bytes that came with the previous request were not counted

    def on_headers_complete(self) -> None:
        """Check a complete head before the application is called."""
        # Measure it only if it can be too long, or if it came with the previous request.
        if (self._size > MAX_HEAD or not self._is_first) and self._head_size() > MAX_HEAD:
            self._refusal = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            raise _HeadRefused
        names = dict(self.headers)
        if b"host" not in names and self.parser.get_http_version() != "1.0":
            raise _HeadRefused  # RFC 9112 3.2: 400
        if len(names) < len(self.headers) and self._repeats_header():
            raise _HeadRefused
        self._stop_waiting()
        self._in_head, self._in_body = False, True
        self.scope["extensions"] = self._unfinished
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Finish a request."""
        self._in_head, self._in_body, self._size, self._is_first = True, False, 0, False
        self._stop_waiting()
        self.scope["extensions"] = self._finished
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Limit how long a client may go on sending an answered request."""
        super().on_response_complete()
        if self._in_body and not self.transport.is_closing():
            self._wait(LINGER_SECONDS)

    def send_400_response(self, msg: str) -> None:
        """Answer a request that the parser cannot read, or refused to read on."""
        self._refuse(self._refusal)

    def _is_unread(self) -> bool:
        """Whether the application has answered already: else it reads at its own pace."""
        return self.cycle is None or self.cycle.response_complete

    def _abort(self) -> None:
        """Reset the connection: an answer without a length must not look complete."""
        with suppress(OSError):
            sock = self.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self.transport.abort()

    def _repeats_header(self) -> bool:
        names = [name for name, _ in self.headers]
        return any(names.count(each) > 1 for each in _ONCE)

    def _head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _wait(self, seconds: float) -> None:
        self._stop_waiting()
        self._timer = self.loop.call_later(seconds, self._late)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        if self._in_head and self._size:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)
        else:
            self.transport.close()  # there is no request, or it was answered

    def _refuse(self, status: HTTPStatus) -> None:
        text = f"{status.phrase}\n".encode()
        self.transport.write(
            f"HTTP/1.1 {status.value} {status.phrase}\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nConnection: close\r\n"
            f"Content-Length: {len(text)}\r\n\r\n".encode()
            + text
        )
        self.transport.close()
