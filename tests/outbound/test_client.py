"""The HTTP client towards providers, against servers that misbehave (security C1, C2)."""

from __future__ import annotations

import asyncio
import gzip
import importlib.util
import time
import traceback
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest

from gateway.engine.request import OutboundRequest, OutboundResponse
from gateway.errors import ProviderUnavailable, UnreadableResponse
from gateway.outbound.client import MAX_BYTES, TOTAL_SECONDS, Outbound, open_outbound
from gateway.outbound.egress import EgressPolicy
from tests.outbound.sending import send
from tests.support.peer import (
    Behave,
    Peer,
    answering,
    hang_up,
    listening,
    repeating,
    sending,
    silence,
)
from tests.support.silent import bulkhead
from tests.support.waiting import PATIENCE_SECONDS

DEADLINE = 0.3
"""Seconds; short, so that a test of it is."""

TOO_LATE = r"did not answer in time|\(\w+Timeout\)"
"""Either the total deadline or, a moment earlier, that of the step."""

OK = b"HTTP/1.1 200 OK\r\n"


@asynccontextmanager
async def talking_to(
    behave: Behave, *, total_seconds: float = PATIENCE_SECONDS
) -> AsyncIterator[tuple[Outbound, Peer]]:
    """The client, and a server that it may call over plain http."""
    async with listening(behave) as peer:
        policy = EgressPolicy(allow=frozenset({("127.0.0.1", peer.port)}))
        async with open_outbound(policy, bulkhead(), total_seconds=total_seconds) as outbound:
            yield outbound, peer


def request_to(peer: Peer, path: str = "/token?code=canary-code") -> OutboundRequest:
    """A request with secrets in every part of it."""
    return OutboundRequest(
        method="POST",
        url=peer.url(path),
        headers={"Authorization": "Basic canary-basic"},
        content=b"client_secret=canary-secret",
    )


async def answer_of(behave: Behave) -> OutboundResponse:
    """The client's result of a server's behaviour."""
    async with talking_to(behave) as (outbound, peer):
        return await send(outbound, request_to(peer))


async def test_an_answer_is_read_whole() -> None:
    behave = answering(b'{"a": 1}', status="201 Created", X_Acme="7", Content_Type="text/plain")
    async with talking_to(behave) as (outbound, peer):
        answer = await send(outbound, request_to(peer))
    assert (answer.status, answer.content, answer.json()) == (201, b'{"a": 1}', {"a": 1})
    assert answer.headers == {"content-length": "8", "x-acme": "7", "content-type": "text/plain"}
    head = peer.requests[0].decode().split("\r\n")
    assert head[0] == "POST /token?code=canary-code HTTP/1.1"
    assert sorted(line.lower() for line in head[1:] if line) == [
        "accept-encoding: identity",
        "accept: */*",
        "authorization: basic canary-basic",
        "connection: keep-alive",
        "content-length: 27",
        f"host: 127.0.0.1:{peer.port}",
        "user-agent: connector-gateway",
    ]


@pytest.mark.requirement("C1")
@pytest.mark.parametrize(
    "behave",
    [
        silence,
        sending(b"HTTP/1."),
        sending(OK, then=repeating(b"X-Drip: 1\r\n", pause=0.01)),
        sending(OK + b"Content-Length: 100000\r\n\r\n", then=repeating(b"x", pause=0.01)),
        sending(
            OK + b"Transfer-Encoding: chunked\r\n\r\n", then=repeating(b"1\r\nx\r\n", pause=0.01)
        ),
        sending(OK + b"Content-Length: 100\r\n\r\n", b"x" * 10),
        sending(OK + b"\r\n", b"until the connection ends, which it does not"),
        repeating(b"HTTP/1.1 103 Early Hints\r\n\r\n", pause=0.01),
    ],
    ids=[
        "silence",
        "half a status line",
        "dripped header",
        "dripped body",
        "dripped chunks",
        "half an answer",
        "no end",
        "hints for ever",
    ],
)
async def test_the_deadline_is_for_the_whole_answer(behave: Behave) -> None:
    """time-outs per read never end against a server that sends a byte now and then."""
    async with talking_to(behave, total_seconds=DEADLINE) as (outbound, peer):
        started = time.monotonic()
        with anyio.fail_after(PATIENCE_SECONDS), pytest.raises(ProviderUnavailable, match=TOO_LATE):
            await send(outbound, request_to(peer))
        assert DEADLINE - 0.05 < time.monotonic() - started < DEADLINE + 5


@pytest.mark.requirement("C1")
async def test_the_deadline_is_for_the_name_as_well() -> None:
    """A name server that does not answer is no reason to wait longer."""

    async def never(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    async with open_outbound(
        EgressPolicy(), bulkhead(), resolve=never, total_seconds=DEADLINE
    ) as outbound:
        call = OutboundRequest(method="GET", url="https://api.example.com/", headers={})
        with anyio.fail_after(PATIENCE_SECONDS), pytest.raises(ProviderUnavailable, match=TOO_LATE):
            await send(outbound, call)


@pytest.mark.requirement("C1")
async def test_the_deadline_is_for_the_tls_handshake_as_well() -> None:
    """A server that takes the connection and says nothing."""
    async with talking_to(silence, total_seconds=DEADLINE) as (outbound, peer):
        call = OutboundRequest(method="GET", url=peer.url(scheme="https"), headers={})
        with anyio.fail_after(PATIENCE_SECONDS), pytest.raises(ProviderUnavailable, match=TOO_LATE):
            await send(outbound, call)
        assert peer.connections == 1


@pytest.mark.requirement("C1", "D2")
def test_the_deadline_in_production_is_ten_seconds() -> None:
    """A refresh lease must outlast it."""
    assert TOTAL_SECONDS == 10


@pytest.mark.requirement("L2")
async def test_hung_provider_delays_no_other_connector() -> None:
    async with listening(silence) as hung, listening(answering(b"{}")) as well:
        allowed = frozenset({("127.0.0.1", hung.port), ("127.0.0.1", well.port)})
        async with open_outbound(
            EgressPolicy(allow=allowed), bulkhead(), total_seconds=30
        ) as outbound:
            waiting = [
                asyncio.create_task(send(outbound, request_to(hung), "hung")) for _ in range(20)
            ]
            with anyio.fail_after(PATIENCE_SECONDS):
                for _ in range(20):
                    assert (await send(outbound, request_to(well), "well")).status == 200
            assert not any(task.done() for task in waiting)
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)


ZEROS = bytes(50 * 1024 * 1024)
BOMB = gzip.compress(ZEROS, 1)

TOO_LARGE = {
    "one byte": answering(bytes(MAX_BYTES + 1)),
    "declared": sending(OK + b"Content-Length: 99999999999\r\n\r\n", then=repeating(bytes(65536))),
    "endless": sending(OK + b"\r\n", then=repeating(bytes(65536))),
    "endless chunks": sending(
        OK + b"Transfer-Encoding: chunked\r\n\r\n",
        then=repeating(b"8000\r\n" + bytes(0x8000) + b"\r\n"),
    ),
    "gzip bomb": answering(BOMB, Content_Encoding="gzip"),
    "deflate bomb": answering(zlib.compress(ZEROS, 1), Content_Encoding="deflate"),
    "endless gzip": sending(
        OK + b"Content-Encoding: gzip\r\n\r\n" + BOMB[:10], then=repeating(bytes(65536))
    ),
}


@pytest.mark.requirement("C1", "H5")
@pytest.mark.parametrize("behave", list(TOO_LARGE.values()), ids=list(TOO_LARGE))
async def test_an_answer_that_is_too_large_is_dropped_and_takes_no_memory(behave: Behave) -> None:
    """The cap is on what comes out of the decompression, too."""
    async with talking_to(behave) as (outbound, peer):
        tracemalloc.start()
        try:
            with pytest.raises(UnreadableResponse, match="too large"):
                await send(outbound, request_to(peer))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 20 * 1024 * 1024


async def test_the_largest_answer_is_still_read() -> None:
    assert len((await answer_of(answering(bytes(MAX_BYTES)))).content) == MAX_BYTES == 1024 * 1024
    packed = answering(gzip.compress(bytes(MAX_BYTES)), Content_Encoding="gzip")
    assert len((await answer_of(packed)).content) == MAX_BYTES


@pytest.mark.parametrize(
    "behave",
    [
        answering(gzip.compress(b"{}"), Content_Encoding="gzip"),
        answering(gzip.compress(b"{}"), Content_Encoding=" GZIP "),
        answering(zlib.compress(b"{}"), Content_Encoding="deflate"),
        answering(b"{}", Content_Encoding="identity"),
        answering(b"{}", Content_Encoding=""),
    ],
    ids=["gzip", "loud gzip", "deflate", "identity", "empty"],
)
async def test_a_server_that_compresses_although_it_was_not_asked_to_is_read(
    behave: Behave,
) -> None:
    assert (await answer_of(behave)).content == b"{}"


UNREADABLE = {
    "brotli": answering(b"{}", Content_Encoding="br"),
    "twice gzip": answering(gzip.compress(gzip.compress(b"{}")), Content_Encoding="gzip, gzip"),
    "unknown encoding": answering(b"{}", Content_Encoding="canary"),
    "no gzip": answering(b"{}", Content_Encoding="gzip"),
    "half a gzip": answering(gzip.compress(b"{}" * 50)[:-9], Content_Encoding="gzip"),
    "no HTTP": sending(b"SSH-2.0-OpenSSH_9.6\r\n", then=hang_up),
    "HTTP/0.9": sending(b"<html>canary</html>", then=hang_up),
    "no status": sending(b"HTTP/1.1 OK\r\n\r\n", then=hang_up),
    "endless header": sending(OK + b"X-Long: ", then=repeating(bytes([120]) * 65536)),
    "endless headers": sending(OK, then=repeating(b"X-Many: 1\r\n" * 1000)),
    "an invalid header": sending(OK + b"canary\r\n\r\n", then=hang_up),
    "two lengths": sending(OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", then=hang_up),
    "no length": sending(OK + b"Content-Length: x\r\n\r\n{}", then=hang_up),
    "no chunk": sending(OK + b"Transfer-Encoding: chunked\r\n\r\ncanary\r\n", then=hang_up),
    "cut short": sending(OK + b"Content-Length: 3\r\n\r\n{}", then=hang_up),
    "nothing": hang_up,
}


@pytest.mark.requirement("C1", "C3")
@pytest.mark.parametrize("behave", list(UNREADABLE.values()), ids=list(UNREADABLE))
async def test_an_answer_that_is_none_is_unreadable(behave: Behave) -> None:
    """And it is asked for once only."""
    async with talking_to(behave) as (outbound, peer):
        with anyio.fail_after(PATIENCE_SECONDS), pytest.raises(UnreadableResponse) as caught:
            await send(outbound, request_to(peer))
        assert len(peer.requests) == peer.connections == 1
    assert "canary" not in str(caught.value)


@pytest.mark.requirement("C2", "H3")
@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308, 399])
async def test_a_redirect_is_never_followed(status: int) -> None:
    """The secret and the code would travel to wherever it points."""
    async with listening(answering(b"{}")) as canary:
        behave = answering(b"", status=f"{status} Elsewhere", Location=canary.url("/caught"))
        async with listening(behave) as peer:
            allowed = frozenset({("127.0.0.1", peer.port), ("127.0.0.1", canary.port)})
            async with open_outbound(EgressPolicy(allow=allowed), bulkhead()) as outbound:
                with pytest.raises(UnreadableResponse, match="answered with a redirect"):
                    await send(outbound, request_to(peer))
        assert len(peer.requests) == 1
        assert canary.connections == 0


@pytest.mark.requirement("J1")
async def test_an_error_holds_nothing_of_the_request() -> None:
    """Httpx puts the whole URL into its messages; the chain to them is cut."""
    async with talking_to(hang_up) as (outbound, peer):
        with pytest.raises(UnreadableResponse) as caught:
            await send(outbound, request_to(peer))
    with pytest.raises(ProviderUnavailable) as refused:
        async with open_outbound(
            EgressPolicy(allow=frozenset({("127.0.0.1", peer.port)})), bulkhead()
        ) as outbound:
            await send(outbound, request_to(peer))  # the server does not listen any more
    for error in (caught.value, refused.value):
        # Without source lines: those of this file say "canary".
        shown = "".join(traceback.format_exception_only(error))
        assert "canary" not in shown
        assert str(peer.port) not in shown
        assert error.__cause__ is None
        assert error.__suppress_context__


@pytest.mark.parametrize(
    ("name", "value"),
    [("X-Token", "a\r\nX-Evil: 1"), ("X-Token", "a\nb"), ("X-Token", "é"), ("X Token", "a")],
    ids=ascii,
)
async def test_a_header_that_would_be_two_is_not_sent(name: str, value: str) -> None:
    """I2: neither sent nor a crash."""
    async with talking_to(answering(b"{}")) as (outbound, peer):
        call = OutboundRequest(method="GET", url=peer.url(), headers={name: value})
        with pytest.raises(UnreadableResponse, match="could not be made"):
            await send(outbound, call)
        assert peer.requests == []


async def test_connections_are_used_again() -> None:
    async with talking_to(answering(b"{}")) as (outbound, peer):
        for _ in range(5):
            await send(outbound, request_to(peer))
    assert (len(peer.requests), peer.connections) == (5, 1)


async def test_no_cookie_of_one_call_is_sent_with_another() -> None:
    """A provider that sets cookies would tie people together."""
    async with talking_to(answering(b"{}", Set_Cookie="who=ana; Path=/")) as (outbound, peer):
        for _ in range(2):
            await send(outbound, request_to(peer))
    assert len(peer.requests) == 2
    assert b"cookie" not in b"".join(peer.requests).lower()


def test_the_package_that_the_http_library_asks_at_each_lock_is_installed() -> None:
    """A missing one is searched for each time, in every folder of the path."""
    assert importlib.util.find_spec("sniffio") is not None


async def test_a_crowd_of_requests_is_spread_over_pools_that_are_all_closed() -> None:
    """One pool for all would look at each pair of its connections for each request."""
    async with talking_to(answering(b"{}")) as (outbound, peer):
        transport: Any = outbound.client._transport
        for _ in range(2):
            await asyncio.gather(*(outbound.send_webhook(request_to(peer)) for _ in range(64)))
        kept = [len(pool.connections) for pool in transport._pools]
        assert sum(kept) >= 40
        assert max(kept) <= 8
        opened = peer.connections
        for _ in range(5):
            await outbound.send_webhook(request_to(peer))
        assert peer.connections == opened
    assert not any(pool.connections for pool in transport._pools)
