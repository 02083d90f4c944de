"""Which addresses the gateway may call (security H1, H2)."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.engine.request import OutboundRequest
from gateway.errors import EgressRefused, ProviderError, ProviderUnavailable, UnreadableResponse
from gateway.outbound.client import open_outbound
from gateway.outbound.egress import EgressPolicy, GuardedBackend, is_public, resolve
from tests.outbound.sending import send
from tests.support.peer import answering, listening
from tests.support.silent import bulkhead

PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "172.15.255.255",
    "172.32.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "169.253.0.1",
    "223.255.255.254",
    "192.0.1.1",
    "2606:4700:4700::1111",
    "2001:4860:4860::8888",
    "2a00:1450:4001::1",
    "::ffff:8.8.8.8",
]

NOT_PUBLIC = [
    # this host, loopback
    "0.0.0.0",  # noqa: S104 - an address to be refused, not one to listen on
    "0.1.2.3",
    "127.0.0.1",
    "127.0.0.2",
    "127.255.255.254",
    "::",
    "::1",
    # private and shared
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "fc00::1",
    "fd12:3456::1",
    "fec0::1",
    "feff::1",
    # link-local and the metadata services of clouds
    "169.254.0.1",
    "169.254.169.254",
    "fe80::1",
    "fd00:ec2::254",
    "192.0.0.192",
    # protocol assignments, documentation, benchmarks, discard
    "192.0.0.1",
    "192.0.0.8",
    "192.0.0.9",
    "192.0.0.170",
    "192.0.2.1",
    "198.51.100.1",
    "203.0.113.1",
    "198.18.0.1",
    "198.19.255.255",
    "2001:db8::1",
    "3fff::1",
    "100::1",
    # multicast, reserved, broadcast
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "ff02::1",
    "ff0e::1",
    # addresses that hold others: mapped, compatible, translated, NAT64, 6to4, Teredo, relays
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:0",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "2002:a9fe:a9fe::1",
    "2002:7f00:1::",
    "2001:0:a9fe:a9fe::1",
    "192.88.99.1",
    # outside of what is handed out at all
    "4000::1",
    "5f00::1",
    "200::1",
]

SPELLINGS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "0x7f.1",
    "0x7f000001",
    "0x7f.0x0.0x0.0x1",
    "0X7F.1",
    "0177.1",
    "0177.0.1",
    "017700000001",
    "00000000000017700000001",
    "2130706433",
    "127.0x1",
    "127.0.01",
    "0",
    "0x0",
    "0.0.0.0",  # noqa: S104 - an address to be refused, not one to listen on
    "127.255.255.254",
    "127\u30020\u30020\u30021",
    "127\uff0e0\uff0e0\uff0e1",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::FFFF:7F00:1]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[fe80::1]",
    "localhost",
    "LOCALHOST",
    "user@127.0.0.1",
    "example.com@127.0.0.1",
    "a.example.com:x@127.1",
    "3232235521",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.43518",
    "10.1",
    "224.1",
    "255.255.255.255",
    "[fd00:ec2::254]",
]

NO_HOSTS = [
    "0177.0.0.01",
    "127.000.000.001",
    "0300.0250.0.1",
    "127.0.0.1.",
    "localhost.",
    "127.0.0.1%00",
    "127.0.0.1%2e",
    "%31%32%37.0.0.1",
    "\uff11\uff12\uff17.0.0.1",
    "\u2460\u2461\u2466.0.0.1",
    "[::1%25lo]",
    "[fe80::1%25lo]",
    "[::1",
    "::1",
    "127.0.0.1\\@a.example",
    "xn--a",
    "a" * 64,
    "",
    "a..b",
    " 127.0.0.1",
    "127.0.0.1\t",
    "\x00",
]


@pytest.mark.requirement("H2")
@pytest.mark.parametrize("address", PUBLIC)
def test_ordinary_addresses_of_the_internet_are_public(address: str) -> None:
    """Each refused network has a reason."""
    assert is_public(ip_address(address))


@pytest.mark.requirement("H2")
@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_every_other_address_is_not(address: str) -> None:
    """``ipaddress.is_global`` alone says yes to a dozen of these."""
    assert not is_public(ip_address(address))


@pytest.mark.requirement("H2")
@given(address=st.ip_addresses(v=4))
def test_an_address_in_another_ones_clothes_is_no_more_public_than_itself(address: object) -> None:
    """Mapped it is judged as itself; in every other wrapping it is refused."""
    plain = ip_address(str(address))
    assert is_public(ip_address(f"::ffff:{plain}")) is is_public(plain)
    number = int(plain)
    halves = f"{number >> 16:x}:{number & 0xFFFF:x}"
    for wrapped in (f"::{halves}", f"64:ff9b::{halves}", f"2002:{halves}::", f"2001:0:{halves}::"):
        assert not is_public(ip_address(wrapped))


@pytest.fixture
def _no_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's own resolver, without questions to a name server: it reads addresses."""
    real = socket.getaddrinfo

    def numeric(host: str, *rest: Any, **options: Any) -> Any:
        flags = 0 if host.lower() == "localhost" else socket.AI_NUMERICHOST
        return real(host, *rest[:4], **options | {"flags": flags})

    monkeypatch.setattr(socket, "getaddrinfo", numeric)


async def refusal(host: str) -> ProviderError:
    """How ``https://host`` is refused, after a look whether anything arrived."""
    async with (
        listening(answering(b"{}")) as canary,
        open_outbound(EgressPolicy(), bulkhead()) as outbound,
    ):
        url = canary.url(scheme="https", host=host)
        with pytest.raises(ProviderError) as caught:
            await send(outbound, OutboundRequest(method="GET", url=url, headers={}))
        assert canary.connections == 0
    return caught.value


@pytest.mark.requirement("H1", "H2")
@pytest.mark.usefixtures("_no_dns")
@pytest.mark.parametrize("host", SPELLINGS, ids=ascii)
async def test_no_spelling_of_a_local_address_is_called(host: str) -> None:
    """A server that listens there sees no packet, however its address is spelt."""
    assert type(await refusal(host)) is EgressRefused


@pytest.mark.requirement("H2")
@pytest.mark.usefixtures("_no_dns")
@pytest.mark.parametrize("host", NO_HOSTS, ids=ascii)
async def test_invalid_host_name_is_an_ordinary_error(host: str) -> None:
    """Also where two URL parsers could disagree; never anything but a provider error."""
    assert type(await refusal(host)) in {UnreadableResponse, ProviderUnavailable}


class _Network:
    """A resolver and a network in memory: which names were asked for, which addresses called."""

    def __init__(self, *answers: Sequence[str], dead: Sequence[str] = ()) -> None:
        self.answers = list(answers)
        self.dead = dead
        self.resolved: list[tuple[str, int]] = []
        self.called: list[tuple[str, int]] = []

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        self.resolved.append((host, port))
        return self.answers.pop(0)

    def backend(
        self, monkeypatch: pytest.MonkeyPatch, policy: EgressPolicy | None = None
    ) -> GuardedBackend:
        """The guarded backend on this network."""

        async def connect_tcp(
            _: httpcore.AnyIOBackend, host: str, port: int, *rest: object
        ) -> httpcore.AsyncNetworkStream:
            self.called.append((host, port))
            if host in self.dead:
                raise httpcore.ConnectError("refused")
            return httpcore.AsyncMockStream([])

        monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect_tcp)
        return GuardedBackend(policy or EgressPolicy(), self.resolve)


@pytest.mark.requirement("H1")
async def test_a_name_is_resolved_once_and_the_judged_address_is_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between the check and the connection there is nothing that could change."""
    network = _Network(["93.184.216.34"], ["127.0.0.1"])
    await network.backend(monkeypatch).connect_tcp("api.example.com", 443)
    assert network.resolved == [("api.example.com", 443)]
    assert network.called == [("93.184.216.34", 443)]


@pytest.mark.requirement("H1")
@pytest.mark.parametrize(
    "addresses",
    [
        ["93.184.216.34", "127.0.0.2"],
        ["127.0.0.2", "93.184.216.34"],
        ["93.184.216.34", "::ffff:10.0.0.1"],
        ["2606:4700::1", "fe80::1%eth0"],
        ["169.254.169.254"],
        [],
    ],
    ids=str,
)
async def test_single_private_address_is_enough_to_refuse(
    addresses: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding shows as a private address among public ones; none of them is called."""
    network = _Network(addresses)
    with pytest.raises(EgressRefused, match="not on the public Internet"):
        await network.backend(monkeypatch).connect_tcp("api.example.com", 443)
    assert network.called == []


@pytest.mark.requirement("H1")
async def test_a_name_that_turns_private_is_refused_the_next_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An earlier verdict is not kept."""
    network = _Network(["93.184.216.34"], ["127.0.0.2"])
    backend = network.backend(monkeypatch)
    await backend.connect_tcp("api.example.com", 443)
    with pytest.raises(EgressRefused):
        await backend.connect_tcp("api.example.com", 443)
    assert network.called == [("93.184.216.34", 443)]


async def test_a_dead_address_is_followed_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    network = _Network(["2606:4700::1", "93.184.216.34"], dead=["2606:4700::1"])
    await network.backend(monkeypatch).connect_tcp("api.example.com", 443)
    assert network.called == [("2606:4700::1", 443), ("93.184.216.34", 443)]


async def test_only_dead_addresses_are_a_connect_error(monkeypatch: pytest.MonkeyPatch) -> None:
    network = _Network(["2606:4700::1", "93.184.216.34"], dead=["2606:4700::1", "93.184.216.34"])
    with pytest.raises(httpcore.ConnectError):
        await network.backend(monkeypatch).connect_tcp("api.example.com", 443)


@pytest.mark.requirement("H1")
async def test_the_allow_list_names_host_and_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host at another port, or another host, is as closed as before."""
    policy = EgressPolicy(allow=frozenset({("intern.example.com", 8443)}))
    network = _Network(["10.0.0.1"], ["10.0.0.1"], ["10.0.0.1"])
    backend = network.backend(monkeypatch, policy)
    await backend.connect_tcp("intern.example.com", 8443)
    for host, port in (("intern.example.com", 443), ("other.example.com", 8443)):
        with pytest.raises(EgressRefused):
            await backend.connect_tcp(host, port)
    assert network.called == [("10.0.0.1", 8443)]


@pytest.mark.requirement("H1", "H5")
@pytest.mark.parametrize("scheme", ["http", "ftp", "file", "ws", "unix", "data", ""])
def test_only_https_is_called(scheme: str) -> None:
    with pytest.raises(EgressRefused, match="only https"):
        EgressPolicy().check_scheme(scheme, "api.example.com", 443)
    EgressPolicy().check_scheme("https", "api.example.com", 443)


@pytest.mark.requirement("H1", "H5")
def test_the_allow_list_admits_plain_http_and_nothing_stranger() -> None:
    policy = EgressPolicy(allow=frozenset({("localhost", 8080)}))
    policy.check_scheme("http", "localhost", 8080)
    for scheme, host, port in (
        ("http", "localhost", 80),
        ("http", "api.example.com", 8080),
        ("ftp", "localhost", 8080),
    ):
        with pytest.raises(EgressRefused):
            policy.check_scheme(scheme, host, port)


async def test_a_name_that_does_not_resolve_is_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(host: str, port: int) -> Sequence[str]:
        raise OSError("no such host: canary")

    with pytest.raises(ProviderUnavailable) as caught:
        await GuardedBackend(EgressPolicy(), fail).connect_tcp("api.example.com", 443)
    assert "canary" not in str(caught.value)


async def test_the_system_resolver_gives_every_address_once() -> None:
    assert await resolve("127.0.0.1", 443) == ["127.0.0.1"]
    assert set(await resolve("localhost", 443)) <= {"127.0.0.1", "::1"}


def test_a_reroute_is_for_one_label_only() -> None:
    policy = EgressPolicy(
        reroutes={"*.shops.example.com": ("127.0.0.1", 1), "a.com": ("127.0.0.1", 2)}
    )
    assert policy.rerouted("acme.shops.example.com") == ("127.0.0.1", 1)
    assert policy.rerouted("a.com") == ("127.0.0.1", 2)
    for host in ("shops.example.com", "a.b.shops.example.com", "evil-shops.example.com", "b.a.com"):
        assert policy.rerouted(host) is None
