"""The egress guard: the addresses that the gateway may call (security H1, H2).

It resolves a host name once, checks every address, and connects to a checked address, so nothing
can change between check and use. TLS still verifies the host name, because only the TCP target is
replaced. The check looks at addresses, never at the spelling of a host.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import httpcore

from gateway.errors import EgressRefused, ProviderUnavailable
from gateway.settings.environment import HostPort

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

# ``is_global`` is true for these, although they embed or lead to other addresses (NAT64, 6to4,
# Teredo, IPv4-compatible), belong to a site, or are for documentation.
_NOT_PUBLIC = [
    ip_network(network)
    for network in (
        "64:ff9b::/96 64:ff9b:1::/48 2002::/16 2001::/32 ::/96 fec0::/10 3fff::/20 "
        "192.0.0.0/24 192.88.99.0/24"
    ).split()
]


def is_public(address: Address) -> bool:
    """Whether ``address`` is an ordinary unicast address of the public Internet."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    return address.is_global and not (
        address.is_multicast
        or address.is_reserved
        or address.is_unspecified
        or address.is_link_local
        or any(address in network for network in _NOT_PUBLIC)
    )


async def resolve(host: str, port: int) -> Sequence[str]:
    """Return every address of ``host`` from the system's resolver, in its order."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


@dataclass(frozen=True, kw_only=True)
class EgressPolicy:
    """The allowed targets besides public https.

    ``allow`` has pairs of host and port that may be private, local or plain http. ``reroutes`` maps
    a host (``api.notion.com`` or ``*.myshopify.com``) to the loopback address of its simulation; it
    is empty outside dev mode.
    """

    allow: frozenset[HostPort] = frozenset()
    reroutes: Mapping[str, HostPort] = field(default_factory=dict)

    def check_scheme(self, scheme: str, host: str, port: int) -> None:
        """Raise ``EgressRefused`` unless the scheme is https, or http to an allowed target."""
        if scheme != "https" and not (scheme == "http" and (host, port) in self.allow):
            raise EgressRefused("only https is called (GATEWAY_EGRESS_ALLOW names the exceptions)")

    def rerouted(self, host: str) -> HostPort | None:
        """Return the address of the simulation of ``host``, if there is one."""
        return self.reroutes.get(host) or self.reroutes.get("*." + host.partition(".")[2])


class _Stream(httpcore.AsyncNetworkStream):
    """A connection that is closed when its TLS handshake is cancelled.

    httpcore closes it when the handshake fails, but not when the total deadline cancels it.
    """

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - the interface of httpcore
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - the interface of httpcore
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface of httpcore
    ) -> httpcore.AsyncNetworkStream:
        try:
            return await self._stream.start_tls(ssl_context, server_hostname, timeout)
        except BaseException:  # a cancellation is one
            await self._stream.aclose()
            raise

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """The network backend of the HTTP client: it connects only to checked addresses."""

    def __init__(self, policy: EgressPolicy, resolve: Resolve = resolve) -> None:
        self._policy = policy
        self._resolve = resolve
        self._connect = httpcore.AnyIOBackend().connect_tcp

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface of httpcore
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve, check, connect. Raises ``EgressRefused`` if any address is not public."""
        if target := self._policy.rerouted(host):
            stream = await self._connect(*target, timeout, local_address, socket_options)
            return _Stream(stream)
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError):  # a label may be empty or too long
            raise ProviderUnavailable("the provider's host name cannot be resolved") from None
        if (host, port) not in self._policy.allow:
            # All of them: a private address among public ones is a sign of DNS rebinding.
            if not addresses or not all(
                is_public(ip_address(a.partition("%")[0])) for a in addresses
            ):
                raise EgressRefused("the host is not on the public Internet")
        failure: Exception = httpcore.ConnectError("no address")
        for address in addresses:
            try:
                stream = await self._connect(address, port, timeout, local_address, socket_options)
                return _Stream(stream)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure
