"""DNS rebinding, with real sockets and a lying resolver (security H1)."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpcore
import pytest
import trustme

from gateway.engine.request import OutboundRequest
from gateway.errors import EgressRefused
from gateway.outbound.client import open_outbound
from gateway.outbound.egress import EgressPolicy
from tests.outbound.sending import send
from tests.support.peer import Peer, answering, hang_up, listening, sending, server_tls
from tests.support.silent import bulkhead

HOST = "rebinding.example.com"
PUBLIC = "93.184.216.34"
LOCAL = "127.0.0.2"

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@asynccontextmanager
async def canary_at(address: str, port: int) -> AsyncIterator[list[Any]]:
    """A server on another address of this machine, and the same port; the list is who came."""
    came: list[Any] = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(writer.get_extra_info("peername"))
        writer.transport.abort()

    server = await asyncio.start_server(note, address, port)
    try:
        yield came
    finally:
        server.close()
        await server.wait_closed()


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that are called. ``PUBLIC`` is played by this machine: nothing leaves it."""
    real, seen = httpcore.AnyIOBackend.connect_tcp, []

    async def connect_tcp(
        self: httpcore.AnyIOBackend, host: str, port: int, *rest: Any
    ) -> httpcore.AsyncNetworkStream:
        seen.append(host)
        return await real(self, "127.0.0.1" if host == PUBLIC else host, port, *rest)

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect_tcp)
    return seen


class Resolver:
    """Answers one list after the other, and remembers what it was asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0)


def request_to(peer: Peer) -> OutboundRequest:
    """A token request to the name that changes its address."""
    url = peer.url("/token", scheme="https", host=HOST)
    headers = {"Authorization": "Basic canary"}
    return OutboundRequest(method="POST", url=url, headers=headers, content=b"code=canary")


@pytest.mark.requirement("H1")
@pytest.mark.parametrize(
    "second", [[LOCAL], [PUBLIC, LOCAL], [LOCAL, PUBLIC], [f"::ffff:{LOCAL}"]], ids=str
)
async def test_a_name_that_moves_to_a_local_address_takes_no_packet_there(
    authority: trustme.CA, ca_file: Path, called: list[str], second: list[str]
) -> None:
    """Public at the first look and 127.0.0.2 at the next; the canary there sees nothing."""
    resolver = Resolver([PUBLIC], second, [PUBLIC])
    tls = server_tls(authority, HOST)
    async with (
        listening(sending(ANSWER, then=hang_up), tls=tls) as peer,
        canary_at(LOCAL, peer.port) as came,
        open_outbound(
            EgressPolicy(), bulkhead(), ca_file=ca_file, resolve=resolver, total_seconds=60
        ) as outbound,
    ):
        assert (await send(outbound, request_to(peer))).status == 200
        with pytest.raises(EgressRefused):
            await send(outbound, request_to(peer))
        assert (await send(outbound, request_to(peer))).status == 200
        assert came == []
        assert len(peer.requests) == 2
    assert resolver.asked == [HOST, HOST, HOST]  # each connection looks once
    assert called == [PUBLIC, PUBLIC]


@pytest.mark.requirement("H1")
async def test_between_the_check_and_the_connection_nothing_is_looked_up(
    authority: trustme.CA, ca_file: Path, called: list[str]
) -> None:
    """A second look for the same connection would have had the local address."""
    resolver = Resolver([PUBLIC], [LOCAL], [LOCAL])
    async with (
        listening(answering(b"{}"), tls=server_tls(authority, HOST)) as peer,
        canary_at(LOCAL, peer.port) as came,
        open_outbound(
            EgressPolicy(), bulkhead(), ca_file=ca_file, resolve=resolver, total_seconds=60
        ) as outbound,
    ):
        for _ in range(3):  # over one connection
            assert (await send(outbound, request_to(peer))).status == 200
        assert came == []
    assert (resolver.asked, called) == ([HOST], [PUBLIC])


@pytest.mark.requirement("H1")
async def test_the_checked_address_is_called_by_the_name(
    authority: trustme.CA, ca_file: Path, called: list[str]
) -> None:
    """SNI and Host are the name's, although the connection goes to an address."""
    names: list[str | None] = []
    tls = server_tls(authority, HOST)

    def note(_: ssl.SSLObject, name: str | None, __: ssl.SSLContext) -> None:
        names.append(name)

    tls.sni_callback = note
    async with (
        listening(answering(b"{}"), tls=tls) as peer,
        open_outbound(
            EgressPolicy(),
            bulkhead(),
            ca_file=ca_file,
            resolve=Resolver([PUBLIC]),
            total_seconds=60,
        ) as outbound,
    ):
        await send(outbound, request_to(peer))
        head = peer.requests[0].decode().lower().split("\r\n")
        assert f"host: {HOST}:{peer.port}" in head
    assert names == [HOST]
    assert called == [PUBLIC]


@pytest.mark.requirement("H1")
async def test_only_an_explicit_setting_opens_a_local_address(
    authority: trustme.CA, ca_file: Path, called: list[str]
) -> None:
    """By host and port, and nothing else of the same machine."""
    async with listening(answering(b"{}"), tls=server_tls(authority, HOST)) as peer:
        for allow, opened in (
            (frozenset[tuple[str, int]](), False),
            (frozenset({(HOST, peer.port + 1)}), False),
            (frozenset({("127.0.0.1", peer.port)}), False),
            (frozenset({(HOST, peer.port)}), True),
        ):
            policy = EgressPolicy(allow=allow)
            async with open_outbound(
                policy,
                bulkhead(),
                ca_file=ca_file,
                resolve=Resolver(["127.0.0.1"]),
                total_seconds=60,
            ) as outbound:
                if opened:
                    assert (await send(outbound, request_to(peer))).status == 200
                    continue
                with pytest.raises(EgressRefused):
                    await send(outbound, request_to(peer))
                assert peer.connections == 0
