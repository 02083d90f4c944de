"""The only HTTP client for requests to providers and webhooks.

The process has one client: a total deadline (per-read time-outs never end if a server sends one
byte each second), a limit on the decompressed size, no redirects, no cookies, no proxies from the
environment, and only addresses that ``gateway.outbound.egress`` allows (security C1, C2, H1).
"""

from __future__ import annotations

import asyncio
import ssl
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from urllib.parse import urlsplit

import certifi
import httpcore
import httpx

from gateway.engine.request import OutboundRequest, OutboundResponse
from gateway.errors import (
    EgressRefused,
    ProviderBusy,
    ProviderError,
    ProviderUnavailable,
    ProviderUnreachable,
    ReceiverUnavailable,
    UnreadableResponse,
)
from gateway.observe.metrics import Endpoint, RequestResult
from gateway.outbound.bulkhead import Bulkhead, Outcome
from gateway.outbound.egress import EgressPolicy, GuardedBackend, Resolve, resolve
from gateway.outbound.leftover import drop_leftover
from gateway.outbound.streaming import Streamed, StreamRequest, streaming

TOTAL_SECONDS = 10.0
"""The deadline, from DNS to the last byte of the answer. Shorter than any refresh lease."""
MAX_BYTES = 1024 * 1024
"""The largest answer, after decompression."""

POOLS = 16
"""A pool looks at all pairs of its connections for each request: small ones save most of that."""

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""Failures before the first byte of a request was sent."""


@dataclass(frozen=True, slots=True)
class Outbound:
    """Sends requests that the engine prepared. Made by ``open_outbound``."""

    client: httpx.AsyncClient
    policy: EgressPolicy
    bulkhead: Bulkhead
    total_seconds: float = TOTAL_SECONDS
    transport: httpx.AsyncBaseTransport | None = None
    """That of ``client``, for ``stream``: the client itself would look at redirects and cookies."""

    async def send(
        self, request: OutboundRequest, *, connector: str, endpoint: Endpoint
    ) -> OutboundResponse:
        """Send a request of ``connector`` once, and read the whole answer.

        It never retries: only the caller knows whether that is safe.

        Raises:
            ProviderUnavailable: no answer within the deadline, or the bulkhead refused the request.
            UnreadableResponse: the answer is a redirect, too large, badly compressed or not HTTP.
            EgressRefused: the address is not allowed.
        """
        async with self.bulkhead.admit(connector, endpoint, _name_of(request.url)) as outcome:
            answer = await self._deliver(request, outcome)
            outcome.answered(answer.status)
            return answer

    async def look(
        self, request: OutboundRequest, *, connector: str, most: int, seconds: float
    ) -> OutboundResponse:
        """Send a request without a credential once; return the answer, a redirect as well.

        It is guarded like ``send``, whose errors it raises. The answer has at most ``most`` bytes,
        before and after decompression, and arrives within ``seconds``. The caller checks where a
        redirect leads.
        """
        name = _name_of(request.url)
        async with self.bulkhead.admit(connector, "api", name) as outcome:
            answer = await self._deliver(
                request, outcome, seconds=seconds, most=most, redirects=True
            )
            outcome.answered(answer.status)
            return answer

    async def send_webhook(self, request: OutboundRequest) -> OutboundResponse:
        """Send to a webhook's receiver: guarded like ``send``, but without bulkhead and breaker.

        The caller limits concurrency and retries. Raises ``EgressRefused`` if the gateway may not
        call the address, and ``ReceiverUnavailable`` if there is no readable response.
        """
        try:
            return await self._deliver(request, Outcome())
        except EgressRefused:
            raise
        except ProviderError:
            raise ReceiverUnavailable from None

    @asynccontextmanager
    async def stream(self, request: StreamRequest, *, connector: str) -> AsyncIterator[Streamed]:
        """Send a request of a tool once; yield the answer when its head has arrived.

        It holds a slot of the connector until the block ends. The body is read as fast as the block
        takes it. Nothing is followed, decoded or repeated.

        Raises:
            ProviderBusy: the bulkhead or the breaker refused the request.
            CallFailed: there is no answer, or it ended too early.
        """
        try:
            if self.transport is None:
                raise EgressRefused("nothing is streamed without a guarded transport")
            self.policy.check_scheme(request.scheme, request.host, request.port or 443)
            async with self.bulkhead.admit(connector, "proxy", request.netloc) as outcome:
                async with streaming(self.transport, request, outcome) as answer:
                    yield answer
        except EgressRefused:
            # The same answer as for a host that does not answer: it tells nothing about addresses.
            raise ProviderUnreachable from None
        except ProviderUnavailable as error:
            raise ProviderBusy(str(error), retry_after=error.retry_after) from None

    async def _deliver(
        self,
        request: OutboundRequest,
        outcome: Outcome,
        *,
        seconds: float | None = None,
        most: int = MAX_BYTES,
        redirects: bool = False,
    ) -> OutboundResponse:
        try:
            url = httpx.URL(request.url)
            default_port = 443 if url.scheme == "https" else 80
            self.policy.check_scheme(url.scheme, url.host, url.port or default_port)
            async with asyncio.timeout(self.total_seconds if seconds is None else seconds):
                return await self._send(request, url, most, redirects)
        except TimeoutError:
            outcome.result = RequestResult.TIMEOUT
            raise ProviderUnavailable(
                "the provider did not answer in time", outcome_unknown=True
            ) from None
        # httpx's messages contain the whole URL, query included: keep none of them.
        except (httpx.InvalidURL, httpx.LocalProtocolError, UnicodeError):
            # An invalid host name, or a header with a line break: a repetition would fail as well.
            outcome.result = RequestResult.NOT_SENT
            raise UnreadableResponse(
                "the request to the provider could not be made", outcome_unknown=False
            ) from None
        except httpx.RemoteProtocolError:
            outcome.result = RequestResult.BROKEN
            raise UnreadableResponse("the provider's answer is not HTTP") from None
        except httpx.HTTPError as error:
            outcome.result = _result_of(error)
            raise ProviderUnavailable(
                f"the provider cannot be reached ({type(error).__name__})",
                outcome_unknown=not isinstance(error, _NOT_SENT),
            ) from None
        except EgressRefused:
            outcome.result = RequestResult.NOT_SENT
            raise
        except ProviderUnavailable:  # the host name does not resolve
            outcome.result = RequestResult.UNREACHABLE
            raise
        except UnreadableResponse:
            outcome.result = RequestResult.UNREADABLE
            raise

    async def _send(
        self, request: OutboundRequest, url: httpx.URL, most: int, redirects: bool
    ) -> OutboundResponse:
        # A server may ignore "identity" and compress, so _read limits the decompressed size.
        headers = {"User-Agent": "connector-gateway", "Accept-Encoding": "identity"}
        async with self.client.stream(
            request.method, url, headers=headers | dict(request.headers), content=request.content
        ) as response:
            if not redirects and (response.is_redirect or 300 <= response.status_code < 400):
                # Following it would send secret and code to the redirect's target (security C2).
                raise UnreadableResponse("the provider answered with a redirect")
            content = await _read(response, most)
            headers_seen = {name.lower(): value for name, value in response.headers.items()}
            return OutboundResponse(
                status=response.status_code, headers=headers_seen, content=content
            )


def _result_of(error: httpx.HTTPError) -> RequestResult:
    if isinstance(error, httpx.PoolTimeout):
        return RequestResult.NOT_SENT
    if isinstance(error, _NOT_SENT):
        return RequestResult.UNREACHABLE
    return (
        RequestResult.TIMEOUT if isinstance(error, httpx.TimeoutException) else RequestResult.BROKEN
    )


def _name_of(url: str) -> str:
    """Return the host of a URL; an invalid URL has none and fails when it is sent."""
    try:
        return host_of(url)
    except ValueError:
        return ""


async def _read(response: httpx.Response, most: int) -> bytes:
    raw = bytearray()
    stream = response.stream  # not aiter_raw(), which gives the connection back at its end
    if isinstance(stream, httpx.AsyncByteStream):
        async for chunk in stream:
            raw += chunk
            if len(raw) > most:
                raise UnreadableResponse("the provider's answer is too large")
        drop_leftover(response)
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in {"identity", ""}:
        return bytes(raw)
    if encoding not in {"gzip", "deflate"}:
        raise UnreadableResponse("the provider's answer has an encoding that was not requested")
    try:
        inflater = zlib.decompressobj(wbits=47)  # 32 + 15: gzip or zlib by its header
        content = inflater.decompress(bytes(raw), most + 1)
    except zlib.error:
        raise UnreadableResponse("the provider's answer cannot be decompressed") from None
    if len(content) > most:
        raise UnreadableResponse("the provider's answer is too large")
    if not inflater.eof:
        raise UnreadableResponse("the provider's answer was cut short")
    return content


class _GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport on a connection pool that uses the guarded backend.

    httpx has no public parameter for a network backend. Rewriting the URL to an address instead
    would let the pool reuse one host's TLS connection for another host on the same address.
    """

    def __init__(self, context: ssl.SSLContext, backend: GuardedBackend) -> None:
        super().__init__(verify=context, trust_env=False)
        self._pools = [
            httpcore.AsyncConnectionPool(
                ssl_context=context,
                network_backend=backend,
                max_connections=None,  # the bulkhead limits each connector
                max_keepalive_connections=5,
                keepalive_expiry=30,
            )
            for _ in range(POOLS)
        ]
        self._pool = self._pools[0]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send through the pool with the fewest busy connections, the first of them if in doubt."""
        self._pool = min(self._pools, key=_busy)  # httpx takes it before it waits for anything
        return await super().handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections of all pools."""
        for pool in self._pools:
            await pool.aclose()


def _busy(pool: httpcore.AsyncConnectionPool) -> int:
    return sum(not connection.is_idle() for connection in pool.connections)


@lru_cache(maxsize=4)
def tls_context(ca_file: Path | None = None, extra_ca: str | None = None) -> ssl.SSLContext:
    """Return the TLS context, which always verifies. ``ca_file`` replaces the bundled authorities.

    Reading the authorities takes 20 ms, and they do not change while a process runs.
    """
    context = ssl.create_default_context(cafile=str(ca_file) if ca_file else certifi.where())
    if extra_ca is not None:
        context.load_verify_locations(cadata=extra_ca)
    return context


@asynccontextmanager
async def open_outbound(
    policy: EgressPolicy,
    bulkhead: Bulkhead,
    *,
    ca_file: Path | None = None,
    sandbox_ca: str | None = None,
    resolve: Resolve = resolve,
    total_seconds: float = TOTAL_SECONDS,
) -> AsyncIterator[Outbound]:
    """Open an ``Outbound``; close its connections at the end."""
    transport = _GuardedTransport(tls_context(ca_file, sandbox_ca), GuardedBackend(policy, resolve))
    # httpx's time-outs are per step: only the total deadline of ``_deliver`` is a real limit.
    timeout = httpx.Timeout(total_seconds)
    # One client serves all users: a cookie of one must not be sent for another.
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=()))
    try:
        async with httpx.AsyncClient(
            transport=transport,
            timeout=timeout,
            cookies=no_cookies,
            follow_redirects=False,
            trust_env=False,
        ) as client:
            yield Outbound(client, policy, bulkhead, total_seconds, transport)
    finally:
        await transport.aclose()  # the client closes only the pool of its last request


def host_of(url: str) -> str:
    """Return the host name of an absolute URL, for showing."""
    return urlsplit(url).hostname or ""
