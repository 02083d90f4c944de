"""A request of a tool, and the answer while it arrives: both bodies stream, neither is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache

import httpx

from gateway.errors import (
    AnswerBroken,
    CallFailed,
    EgressRefused,
    InvalidRequest,
    ProviderTimedOut,
    ProviderUnavailable,
    ProviderUnreachable,
)
from gateway.observe.metrics import RequestResult
from gateway.outbound.bulkhead import Outcome
from gateway.outbound.leftover import drop_leftover

CONNECT_SECONDS = 10.0
"""For a connection to the provider, TLS included."""
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamRequest:
    """A request. ``target`` is sent as it is; ``headers`` are all but the framing ones.

    ``body`` is whole, or comes in parts of ``length`` bytes together (``None``: unknown).
    ``wait_seconds`` is the longest pause of the provider, before its answer and within.
    """

    method: str
    scheme: str
    host: str
    port: int | None
    target: bytes = field(repr=False)
    headers: Sequence[tuple[bytes, bytes]] = field(repr=False)
    body: bytes | AsyncIterator[bytes] = field(repr=False)
    length: int | None = None
    wait_seconds: float

    @property
    def netloc(self) -> str:
        """Host and port as the ``Host`` header says them."""
        return self.host if self.port is None else f"{self.host}:{self.port}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Streamed:
    """An answer whose head has arrived. ``parts`` is its body, read when it is asked for."""

    status: int
    headers: list[tuple[bytes, bytes]] = field(repr=False)
    parts: AsyncIterator[bytes] = field(repr=False)


class _Body(httpx.AsyncByteStream):
    def __init__(self, body: bytes | AsyncIterator[bytes]) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if isinstance(self._body, bytes):
            if self._body:
                yield self._body
        else:
            async for part in self._body:
                yield part


@asynccontextmanager
async def streaming(
    transport: httpx.AsyncBaseTransport, request: StreamRequest, outcome: Outcome
) -> AsyncIterator[Streamed]:
    """Send ``request``, and yield the answer. Raises ``CallFailed``, ``EgressRefused``."""
    try:
        response = await transport.handle_async_request(_prepared(request))
    except EgressRefused:
        outcome.result = RequestResult.NOT_SENT
        raise
    except ProviderUnavailable:  # the host name does not resolve
        outcome.result = RequestResult.UNREACHABLE
        raise ProviderUnreachable from None
    except httpx.LocalProtocolError:
        outcome.result = RequestResult.NOT_SENT
        raise InvalidRequest("the request's headers or its body are not valid HTTP") from None
    except httpx.HTTPError as error:
        raise _failure(error, outcome) from None
    try:
        if not 200 <= response.status_code < 600:
            outcome.result = RequestResult.UNREADABLE
            raise AnswerBroken
        outcome.answered(response.status_code)
        outcome.learn()
        yield Streamed(
            status=response.status_code,
            headers=response.headers.raw,
            parts=_parts(response, outcome),
        )
    finally:
        drop_leftover(response)
        await response.aclose()  # an unfinished answer ends its connection


async def _parts(response: httpx.Response, outcome: Outcome) -> AsyncIterator[bytes]:
    stream = response.stream
    if not isinstance(stream, httpx.AsyncByteStream):  # never, with an asynchronous transport
        raise AnswerBroken
    try:
        async for part in stream:
            yield part
    except httpx.HTTPError as error:
        raise _failure(error, outcome) from None


def _failure(error: httpx.HTTPError, outcome: Outcome) -> CallFailed:
    # httpx's messages contain the whole URL: keep none of them.
    if isinstance(error, _NOT_SENT):
        outcome.result = RequestResult.UNREACHABLE
        return ProviderUnreachable()
    if isinstance(error, httpx.TimeoutException):
        outcome.result = RequestResult.TIMEOUT
        return ProviderTimedOut()
    outcome.result = RequestResult.BROKEN
    return AnswerBroken()


def _prepared(request: StreamRequest) -> httpx.Request:
    headers = [(b"host", request.netloc.encode()), *request.headers]
    body = request.body
    length = len(body) if isinstance(body, bytes) else request.length
    if length is None:
        headers.append((b"transfer-encoding", b"chunked"))
    elif length or request.method not in {"GET", "HEAD", "OPTIONS"}:
        headers.append((b"content-length", b"%d" % length))
    wait = request.wait_seconds
    return httpx.Request(
        request.method,
        _url(request.scheme, request.host, request.port),
        headers=headers,
        stream=_Body(body),
        extensions={
            "target": request.target,
            "timeout": {"connect": CONNECT_SECONDS, "read": wait, "write": wait, "pool": wait},
        },
    )


@lru_cache(maxsize=1024)
def _url(scheme: str, host: str, port: int | None) -> httpx.URL:
    return httpx.URL(scheme=scheme, host=host, port=port)
