"""Ten thousand spellings of an address: none reaches another host or climbs above the API."""

from __future__ import annotations

import asyncio
import os
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given, settings

from gateway.errors import PathRefused
from gateway.proxy.destination import destination
from tests.proxy.spellings import PATHS, readings
from tests.support.provider import StrictProvider
from tests.support.proxied import Proxy

pytestmark = pytest.mark.requirement("I1")

HOST, ROOT = "acme.relay.example", "/api/v1"
BASE = f"https://{HOST}{ROOT}"
EXAMPLES = int(os.environ.get("SPELLINGS", "10000"))


def is_below(target: bytes) -> bool:
    """Whether every reading of a target stays below the base."""
    return all(each == ROOT or each.startswith(ROOT + "/") for each in readings(target))


@settings(max_examples=EXAMPLES)
@given(PATHS, PATHS)
def test_every_reading_of_what_is_sent_is_below_the_api(path: bytes, query: bytes) -> None:
    try:
        found = destination(BASE, path, query)
    except PathRefused:
        return
    address = b"https://" + found.origin.netloc.encode() + found.target + b"?" + found.query
    text = address.decode("ascii")
    assert text.isprintable()
    assert urlsplit(text).netloc == found.origin.netloc == HOST
    assert (httpx.URL(text).host, httpx.URL(text).userinfo) == (HOST, b"")
    assert is_below(found.target), found.target


def test_the_readings_see_what_climbs() -> None:
    """Without this, the test above could not fail."""
    climbing = b"/../x /%2e%2e/x /%252e%252e/x /..%5cx /..;/x /%ef%bc%8e./x /%e2%80%a5/x"
    for path in climbing.split():
        assert not is_below(ROOT.encode() + path), path


async def _told(port: int, request: bytes) -> bytes:
    """The first line of the answer to these bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        return await reader.readline()
    finally:
        writer.transport.abort()


async def test_no_spelling_leads_a_credential_elsewhere(
    proxy: Proxy, provider: StrictProvider
) -> None:
    """The same as bytes on a socket: in the path, as an absolute address, and as a host."""
    await proxy.connect()
    spellings: list[bytes] = []

    @settings(max_examples=EXAMPLES // 20, database=None)
    @given(PATHS)
    def collect(spelling: bytes) -> None:
        spellings.append(spelling)

    collect()
    authorization = proxy.client.headers["Authorization"].encode()
    passed = 0
    for spelling in spellings:
        plain = spelling.replace(b" ", b"%20").replace(b"\r\n", b"%0d%0a")
        for line, host in (
            (b"/v1/proxy/relay/" + plain, b""),
            (b"https://evil.example/v1/proxy/relay/" + plain, b""),
            (b"/v1/proxy/relay" + plain, b""),
            (b"/v1/proxy/relay/x", b"Gateway-Host: " + plain + b"\r\n"),
        ):
            head = b"GET %b HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n" % line
            head += b"Authorization: %b\r\nGateway-User: alice\r\n" % authorization
            status = await _told(proxy.port, head + host + b"\r\n")
            passed += status.startswith(b"HTTP/1.1 200")
    assert passed > 10, "nearly everything was refused: the test shows nothing"
    for seen in provider.seen:
        assert seen.host == HOST
        assert is_below(seen.target), seen.target
