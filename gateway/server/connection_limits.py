"""The server's end of a connection: how much a client may send, and how slowly (security F5).

The parser under uvicorn reads a head of any length at any pace and keeps all of it: ``h11`` has a
limit, ``httptools``, which is several times as fast, has none. Bodies are the application's to
judge (``gateway.web.middleware``); here it is what comes before the application is asked, and after
it answered.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD = 32 * 1024
"""Bytes of a request line and its headers together, as proxies in front allow by default."""
MAX_REQUEST = 16 * 1024 * 1024
"""Bytes of a whole request. The application stops reading long before; this stops the parser."""
HEAD_SECONDS = 10.0
"""From the first byte of a request, or from the connection, to the end of its headers."""
LINGER_SECONDS = 10.0
"""How long a client may go on sending what was answered already."""
WHOLE = "gateway.whole"
"""The extension of an ASGI scope that says: nobody has to wait for the body, all of it is there."""
_EXTENSIONS: dict[str, dict[object, object]] = {WHOLE: {}}


class _HeadTooLarge(Exception):
    """Raised inside of the parser, which then asks for the answer to a bad request."""


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with limits. Each connection has one timer, running while it owes bytes."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._timer: asyncio.TimerHandle | None = None
        self._in_head = True
        self._in_body = False
        self._size = 0
        self._is_first = True
        self._refusal = HTTPStatus.BAD_REQUEST

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there."""
        super().connection_made(transport)
        self._wait(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser, and look at what it could not finish."""
        if self.transport.is_closing():
            return
        self._size += len(data)
        self._is_first = True
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._in_head and self._size > MAX_HEAD:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._size > MAX_REQUEST:
            self.transport.close()
        elif self._in_head and self._size and self._timer is None:
            self._wait(HEAD_SECONDS)  # a later request of the same connection, not all there yet

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._size = self._size or 1  # what came with the request before was not counted

    def on_headers_complete(self) -> None:
        """A whole head: the application is asked now."""
        # Measured where it can be too long; what came with the request before was not counted.
        if (self._size > MAX_HEAD or not self._is_first) and self._head_size() > MAX_HEAD:
            self._refusal = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            raise _HeadTooLarge
        self._stop_waiting()
        self._in_head, self._in_body = False, True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The last byte of a request."""
        self._in_head, self._in_body, self._size, self._is_first = True, False, 0, False
        self._stop_waiting()
        self.scope["extensions"] = _EXTENSIONS
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The answer is out: what is still to come of the request, nobody waits for."""
        super().on_response_complete()
        if self._in_body and not self.transport.is_closing():
            self._wait(LINGER_SECONDS)

    def send_400_response(self, msg: str) -> None:
        """What the parser cannot read, or refused to go on reading."""
        self._refuse(self._refusal)

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
            self.transport.close()  # nothing was asked, or it was answered

    def _refuse(self, status: HTTPStatus) -> None:
        text = f"{status.phrase}\n".encode()
        self.transport.write(
            f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: text/plain; charset=utf-8\r\n"
            "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nConnection: close\r\n"
            f"Content-Length: {len(text)}\r\n\r\n".encode()
            + text
        )
        self.transport.close()
