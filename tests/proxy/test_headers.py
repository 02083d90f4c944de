"""Which header fields pass, each way."""

from __future__ import annotations

import asyncio

import anyio
import httpx
import pytest

from gateway.proxy import headers
from tests.support.provider import StrictProvider
from tests.support.proxied import Proxy
from tests.support.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.requirement("I2")

KEPT = [
    (b"accept", b"application/json"),
    (b"content-type", b"application/json"),
    (b"if-none-match", b'"1"'),
    (b"range", b"bytes=0-1"),
    (b"user-agent", b"tool/1"),
    (b"x-request-id", b"req_12345678"),
    (b"idempotency-key", b"order-1"),
    (b"x-own", b"\xc3\xa9"),
    (b"x-own", b"twice"),
]
DROPPED = [
    *(b"authorization", b"cookie", b"host", b"content-length", b"expect", b"accept-encoding"),
    *(b"connection", b"keep-alive", b"te", b"trailer", b"transfer-encoding", b"upgrade"),
    *(b"proxy-authorization", b"proxy-connection", b"proxy-anything", b"http2-settings"),
    *(b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip"),
    *(b"traceparent", b"tracestate", b"baggage"),
    *(b"gateway-user", b"gateway-anything", b"x-user-assertion"),
    *(b"x_forwarded_for", b"gateway_user", b"x-named", b"x_named"),
]


def test_what_reaches_the_provider() -> None:
    given = [*KEPT, *((name, b"value") for name in DROPPED)]
    given += [(b"connection", b"close, X-Named")]
    assert headers.sent(given) == KEPT


def test_a_trace_reaches_the_provider_for_a_caller_who_says_so() -> None:
    trace = [
        (b"traceparent", b"00-" + b"1" * 32 + b"-" + b"2" * 16 + b"-01"),
        (b"tracestate", b"a=1"),
    ]
    given = [*KEPT, *trace, (b"baggage", b"user=alice")]
    assert headers.sent([*given, (b"gateway-trace", b"true")]) == [*KEPT, *trace]
    assert headers.sent([*given, (b"gateway-trace", b"false")]) == KEPT
    named = [(b"gateway-trace", b"true"), (b"connection", b"tracestate")]
    assert headers.sent([*given, *named]) == [*KEPT, trace[0]]


def test_what_reaches_the_caller() -> None:
    kept = [
        (b"content-type", b"text/html"),
        (b"content-length", b"3"),
        (b"content-encoding", b"gzip"),
        (b"etag", b'"1"'),
        (b"www-authenticate", b"Bearer"),
        (b"x-request-id", b"theirs"),
        (b"retry-after", b"3"),
        (b"link", b"<https://a.example/2>; rel=next"),
    ]
    dropped = [
        *(b"Set-Cookie", b"Set-Cookie2", b"Alt-Svc", b"Date", b"Strict-Transport-Security"),
        *(b"Clear-Site-Data", b"Connection", b"Keep-Alive", b"Transfer-Encoding", b"Trailer"),
        *(b"Proxy-Authenticate", b"Upgrade", b"Gateway-Error", b"Gateway-Request-Id", b"X-Named"),
    ]
    given = [*kept, *((name, b"value") for name in dropped), (b"Connection", b"x-named")]
    assert headers.answered(given, is_allowed=lambda origin: False) == kept


@pytest.mark.parametrize(
    ("name", "value", "passes"),
    [
        (b"location", b"https://a.example/x", True),
        (b"location", b"HTTPS://A.example?x", True),
        (b"location", b"https://a.example", True),
        (b"location", b"/x", True),
        (b"location", b"x/y?a=b:c", True),
        (b"location", b"", True),
        (b"location", b"https://b.example/", False),
        (b"location", b"https://a.example.b.example/", False),
        (b"location", b"https://a.example@b.example/", False),
        (b"location", b"https://a.example:444/", False),
        (b"location", b"https://a.example\\@b.example/", False),
        (b"location", b"http://a.example/", False),
        (b"location", b"//b.example/", False),
        (b"location", b"\\\\b.example/", False),
        (b"location", b"/\\b.example/", False),
        (b"location", b"\thttps://b.example/", False),
        (b"location", b"data:text/html,x", False),
        (b"content-location", b"https://b.example/", False),
        (b"refresh", b"5", True),
        (b"refresh", b"0; url=https://a.example/x", True),
        (b"refresh", b"0;URL='https://b.example/'", False),
        (b"refresh", b"0, url=//b.example", False),
    ],
)
def test_an_address_leads_to_the_api(name: bytes, value: bytes, passes: bool) -> None:
    def is_allowed(origin: str) -> bool:
        return origin == "https://a.example"

    assert headers.answered([(name, value)], is_allowed=is_allowed) == [(name, value)] * passes


async def test_framing_is_the_gateways_own(proxy: Proxy, provider: StrictProvider) -> None:
    """Whatever the provider's framing, the caller's is one."""
    await proxy.connect()
    for raw, status, body in (
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, b"ok"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 200, b"ok"),
        (b"HTTP/1.0 200 OK\r\n\r\nok", 200, b"ok"),
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n", 204, b""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\nETag: 1\r\n\r\n", 304, b""),
        (
            b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            200,
            b"ok",
        ),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", 502, None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokk", 502, None),
        (b"HTTP/1.1 200 OK\r\nX-Bad: a\x00b\r\nContent-Length: 2\r\n\r\nok", 502, None),
        (b"HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\nok", 502, None),
        (b"nonsense\r\n\r\n", 502, None),
        (b"", 502, None),
    ):
        answer = await proxy.client.post("/v1/proxy/relay/raw", content=raw)
        assert answer.status_code == status, raw
        lengths = answer.headers.get_list("content-length")
        assert len(lengths) + len(answer.headers.get_list("transfer-encoding")) <= 1
        if body is None:
            assert answer.headers["gateway-error"] == "provider_broken"
        else:
            assert answer.content == body


async def test_a_request_with_two_framings_goes_nowhere(
    proxy: Proxy, provider: StrictProvider
) -> None:
    """Two servers would read two different requests."""
    await proxy.connect()
    fields = f"Host: a\r\nAuthorization: {proxy.client.headers['Authorization']}\r\n"
    fields += "Gateway-User: alice\r\n"
    for framing in (
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 3\r\nContent-Length: 4\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Content-Length: +3\r\n",
        "Content-Length : 3\r\n",
        "X: a\r\n b\r\nContent-Length: 3\r\n\tTransfer-Encoding: chunked\r\n",
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        head = f"POST /v1/proxy/relay/x HTTP/1.1\r\n{fields}{framing}\r\n0\r\n\r\n"
        writer.write(head.encode())
        with anyio.fail_after(PATIENCE_SECONDS):
            assert b" 400 " in await reader.readline(), framing
        writer.transport.abort()
    assert not provider.calls


async def test_a_bad_header_of_the_caller_is_its_own_fault(
    proxy: Proxy, provider: StrictProvider
) -> None:
    await proxy.connect()
    transport = proxy.harness.transport
    headers_given = {**proxy.client.headers, "X-Bad": "a\x00b"}
    async with httpx.AsyncClient(transport=transport, base_url=proxy.url) as client:
        answer = await client.get("/v1/proxy/relay/x", headers=headers_given)
    assert (answer.status_code, answer.headers["gateway-error"]) == (422, "invalid_request")
    assert not provider.calls
