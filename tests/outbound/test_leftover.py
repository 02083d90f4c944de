"""An answer belongs to the request that it was sent for, whatever else a server sends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway.engine.request import OutboundRequest
from gateway.observe.metrics import Metrics
from gateway.outbound.bulkhead import Bulkhead
from gateway.outbound.client import Outbound, open_outbound
from gateway.outbound.egress import EgressPolicy
from gateway.outbound.streaming import StreamRequest
from tests.support.peer import Behave, Peer, listening

pytestmark = pytest.mark.requirement("I2")

OWN = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"
SMUGGLED = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled"
EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nown\r\n0\r\n\r\n"


@asynccontextmanager
async def server(behave: Behave) -> AsyncIterator[tuple[Outbound, Peer]]:
    """A server, and the client for it."""
    async with listening(behave) as peer:
        policy = EgressPolicy(allow=frozenset({("127.0.0.1", peer.port)}))
        async with open_outbound(policy, Bulkhead(Metrics(["acme"]))) as outbound:
            yield outbound, peer


def answering_with(*answers: bytes) -> Behave:
    """Send each answer in one write; the last one again and again."""
    left = [*answers]

    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(left.pop(0) if len(left) > 1 else left[0])
        await writer.drain()

    return behave


async def sent(outbound: Outbound, peer: Peer) -> bytes:
    """The body of the answer to a request of the engine."""
    request = OutboundRequest(method="GET", url=peer.url(), headers={})
    return (await outbound.send(request, connector="acme", endpoint="api")).content


async def streamed(outbound: Outbound, peer: Peer) -> bytes:
    """The body of the answer to a call of a tool."""
    request = StreamRequest(
        method="GET",
        scheme="http",
        host="127.0.0.1",
        port=peer.port,
        target=b"/",
        headers=[],
        body=b"",
        wait_seconds=5,
    )
    async with outbound.stream(request, connector="acme") as answer:
        return b"".join([part async for part in answer.parts])


@pytest.mark.parametrize("ask", [sent, streamed])
@pytest.mark.parametrize(
    "first", [OWN + b"own" + SMUGGLED, CHUNKED + SMUGGLED, EMPTY + SMUGGLED, OWN + b"ownHTTP/1"]
)
async def test_the_next_request_gets_its_own_answer(ask: type, first: bytes) -> None:
    async with server(answering_with(first, OWN + b"two")) as (outbound, peer):
        assert await ask(outbound, peer) in {b"own", b""}
        assert await ask(outbound, peer) == b"two"
        assert peer.connections == 2


@pytest.mark.parametrize("ask", [sent, streamed])
async def test_a_clean_connection_is_used_again(ask: type) -> None:
    async with server(answering_with(OWN + b"own")) as (outbound, peer):
        for _ in range(3):
            assert await ask(outbound, peer) == b"own"
        assert peer.connections == 1
