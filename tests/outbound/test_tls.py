"""Whom the gateway believes: certificates, names, proxies and the environment (security H1)."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme

from gateway.engine.request import OutboundRequest, OutboundResponse
from gateway.errors import EgressRefused, ProviderUnavailable
from gateway.observe.metrics import Metrics
from gateway.outbound.bulkhead import Bulkhead
from gateway.outbound.client import open_outbound, tls_context
from gateway.outbound.egress import EgressPolicy
from tests.outbound.sending import send
from tests.support.peer import Peer, answering, listening, server_tls
from tests.support.silent import bulkhead

HOST = "provider.example.com"
OTHER = "other.example.com"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    """The authority's certificate as an operator gives it to the gateway (GATEWAY_CA_FILE)."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


async def here(host: str, port: int) -> Sequence[str]:
    """A resolver for which every name is this machine."""
    return ["127.0.0.1"]


async def call(peer: Peer, host: str = HOST, ca_file: Path | None = None) -> OutboundResponse:
    """Call the server at ``host``, which leads to it."""
    policy = EgressPolicy(allow=frozenset({(host, peer.port)}))
    url = peer.url("/token", scheme="https", host=host)
    async with open_outbound(
        policy, bulkhead(), ca_file=ca_file, resolve=here, total_seconds=60
    ) as outbound:
        return await send(outbound, OutboundRequest(method="GET", url=url, headers={}))


@asynccontextmanager
async def provider(authority: trustme.CA, *names: str) -> AsyncIterator[Peer]:
    """An https server with a certificate for ``names``."""
    async with listening(answering(b"{}"), tls=server_tls(authority, *names)) as peer:
        yield peer


async def test_a_provider_that_the_authority_vouches_for_is_called(
    authority: trustme.CA, ca_file: Path
) -> None:
    async with provider(authority, HOST) as peer:
        assert (await call(peer, ca_file=ca_file)).status == 200


@pytest.mark.requirement("H1")
@pytest.mark.parametrize("names", [(OTHER,), ("127.0.0.1",), (f"sub.{HOST}",), (f"*.{HOST}",)])
async def test_a_certificate_for_another_name_is_refused(
    authority: trustme.CA, ca_file: Path, names: tuple[str, ...]
) -> None:
    """The name is verified although an address was called."""
    async with provider(authority, *names) as peer:
        with pytest.raises(ProviderUnavailable, match="ConnectError"):
            await call(peer, ca_file=ca_file)
        assert peer.requests == []


async def test_an_unknown_authority_is_refused(authority: trustme.CA, ca_file: Path) -> None:
    async with provider(trustme.CA(), HOST) as peer:
        with pytest.raises(ProviderUnavailable, match="ConnectError"):
            await call(peer, ca_file=ca_file)
        with pytest.raises(ProviderUnavailable, match="ConnectError"):
            await call(peer)  # the bundled authorities do not know it either
        assert peer.requests == []


async def test_the_file_replaces_the_bundled_authorities(ca_file: Path) -> None:
    assert len(tls_context(ca_file).get_ca_certs()) == 1
    assert len(tls_context().get_ca_certs()) > 50


def test_verification_is_on_and_tls_is_recent() -> None:
    context = tls_context()
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


@pytest.mark.requirement("H1")
async def test_two_names_at_one_address_are_two_connections(
    authority: trustme.CA, ca_file: Path
) -> None:
    """A connection whose certificate was checked for one name is not used for another."""
    async with provider(authority, HOST) as peer:
        policy = EgressPolicy(allow=frozenset({(HOST, peer.port), (OTHER, peer.port)}))
        async with open_outbound(policy, bulkhead(), ca_file=ca_file, resolve=here) as outbound:
            for host, refused in ((HOST, False), (OTHER, True), (HOST, False)):
                url = peer.url("/token", scheme="https", host=host)
                request = OutboundRequest(method="GET", url=url, headers={})
                if refused:
                    with pytest.raises(ProviderUnavailable):
                        await send(outbound, request)
                else:
                    await send(outbound, request)
        assert len(peer.requests) == 2


@pytest.mark.requirement("H1")
@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"])
async def test_no_authority_comes_from_the_environment(
    authority: trustme.CA, ca_file: Path, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only GATEWAY_CA_FILE adds one."""
    monkeypatch.setenv(variable, str(ca_file.parent if "DIR" in variable else ca_file))
    async with provider(authority, HOST) as peer:
        with pytest.raises(ProviderUnavailable, match="ConnectError"):
            await call(peer)


@pytest.mark.requirement("H1")
async def test_no_proxy_comes_from_the_environment(
    authority: trustme.CA, ca_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy would resolve the names itself, past every check."""
    async with provider(authority, HOST) as peer, listening(answering(b"{}")) as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url())
            monkeypatch.setenv(name.upper(), proxy.url())
        assert (await call(peer, ca_file=ca_file)).status == 200
        plain = EgressPolicy(allow=frozenset({("127.0.0.1", proxy.port)}))
        async with open_outbound(plain, bulkhead()) as outbound:
            private = OutboundRequest(method="GET", url="http://10.0.0.1/", headers={})
            with pytest.raises(EgressRefused):
                await send(outbound, private)
        assert proxy.connections == 0


async def test_a_simulated_host_is_rerouted_with_its_own_name(authority: trustme.CA) -> None:
    """The sandbox: same URL, same TLS, another address; and nothing is resolved."""

    async def never(host: str, port: int) -> Sequence[str]:
        raise AssertionError("a rerouted host was resolved")

    async with provider(authority, "acme.shops.example.com") as peer:
        policy = EgressPolicy(reroutes={"*.shops.example.com": ("127.0.0.1", peer.port)})
        ca = authority.cert_pem.bytes().decode()
        async with open_outbound(policy, bulkhead(), sandbox_ca=ca, resolve=never) as outbound:
            url = "https://acme.shops.example.com/token"
            answer = await send(outbound, OutboundRequest(method="GET", url=url, headers={}))
            assert (answer.status, answer.json()) == (200, {})
        assert b"\r\nhost: acme.shops.example.com\r\n" in peer.requests[0].lower()


@pytest.mark.requirement("L2")
async def test_refusals_leave_no_connection_behind() -> None:
    """None of them takes a place for ever, and the next call still works."""
    async with listening(answering(b"{}")) as peer:
        policy = EgressPolicy(allow=frozenset({("127.0.0.1", peer.port)}))
        async with open_outbound(
            policy, total_seconds=60, bulkhead=Bulkhead(Metrics(), slots=300)
        ) as outbound:
            bad = OutboundRequest(method="GET", url="https://127.0.0.2/", headers={})
            refusals = await asyncio.gather(
                *(send(outbound, bad) for _ in range(300)), return_exceptions=True
            )
            assert {type(refusal) for refusal in refusals} == {EgressRefused}
            good = OutboundRequest(method="GET", url=peer.url(), headers={})
            assert (await send(outbound, good)).status == 200
