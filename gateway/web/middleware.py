"""Middleware for every request: its id, its access line, security headers, the body limit."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from random import Random
from types import MappingProxyType

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.audit.context import begin
from gateway.observe.access_log import log_request
from gateway.observe.logs import in_request
from gateway.observe.traces import are_on, request_span
from gateway.server.connection_limits import WHOLE
from gateway.server.fast_path import WRITE, Answer, Header, Write, head_lines

_NO_SPAN = nullcontext()

Headers = Mapping[bytes, bytes]
"""Values by name, in lower case."""

HandOut = Callable[[str], Response]
"""Makes an answer that cannot fail, and records it under the given request id."""

AS_IS = "gateway.as_is"
"""The mark in an ASGI scope of an answer that is a provider's own: it gets no header here."""

_PLAIN = [b"cache-control", b"content-length", b"content-type"]
"""An answer with exactly these headers, as ``web.replies`` makes it, is written at once.

None of their values is a secret: finished heads are kept.
"""

HUNG_UP = 499
"""The status in the access log if the client closed its connection within its request.

The number is nginx's. Nobody receives it.
"""
_REQUEST_ID = re.compile(rb"[A-Za-z0-9_-]{8,64}")

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class Envelope:
    """Gives each request an id, one access line, and the security headers, on errors too.

    The line has the path but never the query, which can hold codes and states (security J1, A17,
    G3, G4).
    """

    def __init__(self, app: ASGIApp, *, secure: bool = False) -> None:
        self._app = app
        fixed = {
            "content-security-policy": CONTENT_SECURITY_POLICY,
            "cross-origin-opener-policy": "same-origin",
            # "no-referrer" would make browsers send "Origin: null" with forms, which the origin
            # check refuses. Only the callback sets it: its URL has a code.
            "referrer-policy": "same-origin",
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
        }
        if secure:
            fixed["strict-transport-security"] = "max-age=31536000; includeSubDomains"
        self._fixed = [(name.encode(), value.encode()) for name, value in fixed.items()]
        self._names = frozenset(name for name, _ in self._fixed)
        self._head = lru_cache(maxsize=256)(self._lines)
        # An SDK is set up before the application is made. Asking for it reads the environment: that
        # takes too long for each request.
        self.is_traced = are_on()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _id_of(headers_of(scope))
        scope.setdefault("state", {})["request_id"] = request_id
        in_request(request_id)
        begin(request_id)
        started, status = time.perf_counter(), 500
        write: Write | None = scope.pop(WRITE, None)
        held: Message | None = None  # the start of an answer that may be written at once

        async def send_in_envelope(message: Message) -> None:
            nonlocal status, held
            if message["type"] == "http.response.start":
                status = message["status"]
                if write is not None and _is_plain(scope, message):
                    held = message
                    return
                self._wrap(message, scope, request_id)
            elif write is not None and held is not None:
                start, held = held, None
                if _is_whole(start, message):
                    head = self._head_of(start["headers"], "", request_id)
                    if write(Answer(status, head, message.get("body", b""))):
                        return
                self._wrap(start, scope, request_id)
                await send(start)
            await send(message)

        span: AbstractContextManager[None] = _NO_SPAN
        if self.is_traced:
            method, path, headers = scope["method"], scope["path"], scope["headers"]
            span = request_span(method, path, headers, request_id, lambda: status)
        try:
            with span:
                await self._app(scope, receive, send_in_envelope)
        finally:
            _end(scope, request_id, status, started)

    def answer(self, scope: Scope, headers: Headers, hand_out: HandOut) -> Answer:
        """Do the same for an answer of the fast path (``gateway.server.fast_path``).

        It has no span: with ``is_traced``, the fast path is not used.
        """
        started = time.perf_counter()
        request_id = _id_of(headers)
        response = hand_out(request_id)
        head = self._head_of(response.raw_headers, scope["path"], request_id)
        _end(scope, request_id, response.status_code, started)
        return Answer(response.status_code, head, bytes(response.body))

    def _wrap(self, start: Message, scope: Scope, request_id: str) -> None:
        if AS_IS not in scope:
            headers = self._around(start.get("headers", ()), scope["path"])
            headers.append((b"x-request-id", request_id.encode()))
            start["headers"] = headers

    def _head_of(self, given: Iterable[Header], path: str, request_id: str) -> bytes:
        line = b"x-request-id: %b\r\n" % request_id.encode()
        return self._head(tuple(given), path) + line

    def _lines(self, given: tuple[Header, ...], path: str) -> bytes:
        return head_lines(self._around(given, path))

    def _around(self, given: Iterable[Header], path: str) -> list[Header]:
        headers = list(given)
        names = {name for name, _ in headers}
        if names.isdisjoint(self._names):
            headers += self._fixed
        else:
            headers += [header for header in self._fixed if header[0] not in names]
        if b"cache-control" not in names:
            # Browsers keep static files and revalidate them by ETag.
            static = path.startswith("/static/")
            headers.append((b"cache-control", b"no-cache" if static else b"no-store"))
        return headers


def _is_plain(scope: Scope, start: Message) -> bool:
    """Whether the answer that ``start`` begins is an ordinary one of ours, and has a body."""
    if AS_IS in scope or scope["method"] == "HEAD":
        return False
    return sorted([name for name, _ in start.get("headers", ())]) == _PLAIN


def _is_whole(start: Message, body: Message) -> bool:
    """Whether this body is all of the answer that ``start`` begins."""
    length = b"%d" % len(body.get("body", b""))
    return not body.get("more_body") and (b"content-length", length) in start["headers"]


def _id_of(headers: Headers) -> str:
    """Return the id that the client sent with its request, or a new one."""
    given = headers.get(b"x-request-id")
    if given and _REQUEST_ID.fullmatch(given):
        return given.decode()
    return f"req_{_random.getrandbits(64):016x}"


_random = Random()  # noqa: S311 - spreads load, protects nothing
"""Request ids need uniqueness, not secrecy."""


def _end(scope: Scope, request_id: str, status: int, started: float) -> None:
    ms = round((time.perf_counter() - started) * 1000, 1)
    log_request(request_id, scope["method"], scope["path"], status, ms)


class BodyLimit:
    """Reads at most ``most`` bytes of a body, for at most ``seconds`` (security F5).

    Starlette's own ``max_body_size`` answers in plain text, and hides the application's answer,
    such as 401 for a request without a key. Bodies below ``beside``, a path, have limits of their
    own. ``larger`` are paths below which a body may be larger.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        most: int,
        seconds: float,
        beside: str,
        larger: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self._app = app
        self._beside = beside
        self._most = most
        self._larger = larger
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(self._beside):
            await self._app(scope, receive, send)
            return
        declared = headers_of(scope).get(b"content-length", b"")
        known = int(declared) if declared.isdigit() and len(declared) <= 18 else 0
        most = self._most_at(scope["path"])
        read, whole = 0, False
        deadline = asyncio.get_running_loop().time() + self._seconds

        async def receive_within_limit() -> Message:
            nonlocal read, whole
            if known > most:
                raise HTTPException(413)
            if whole:
                return await receive()  # waits for the client to leave, without a limit
            if WHOLE in scope.get("extensions", ()):
                message = await receive()  # asyncio.timeout costs more than this
            else:
                try:
                    async with asyncio.timeout_at(deadline):
                        message = await receive()
                except TimeoutError:
                    raise HTTPException(408, headers={"Connection": "close"}) from None
            if message["type"] == "http.disconnect":
                raise HTTPException(HUNG_UP, "the client hung up")
            whole = not message.get("more_body", False)
            read += len(message.get("body", b""))
            if read > most:
                raise HTTPException(413)
            return message

        await self._app(scope, receive_within_limit, send)

    def _most_at(self, path: str) -> int:
        for below, most in self._larger.items():
            if path == below or path.startswith(f"{below}/"):
                return most
        return self._most


def headers_of(scope: Scope) -> Headers:
    """Return the headers by name; of several with one name, the first."""
    return dict(scope["headers"][::-1])
