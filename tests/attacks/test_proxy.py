"""Attacks on the proxy: by a tool that may call, and by a provider that is called."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx
import pytest

from gateway.store.connection import Status
from tests.support.provider import StrictProvider, strict_provider
from tests.support.proxied import KEY, Proxy, proxying
from tests.support.waiting import PATIENCE_SECONDS

AT = "/v1/proxy/relay/"


@pytest.fixture
async def provider() -> AsyncIterator[StrictProvider]:
    async with strict_provider() as provider:
        yield provider


@pytest.fixture
async def proxy(
    mongodb_url: str, database_name: str, tmp_path: Path, provider: StrictProvider
) -> AsyncIterator[Proxy]:
    async with proxying(
        mongodb_url, database_name, tmp_path, provider, proxy_request_bytes=100_000
    ) as proxy:
        await proxy.connect()
        yield proxy


@asynccontextmanager
async def raw(proxy: Proxy, line: str, version: str = "1.1") -> AsyncIterator[asyncio.StreamReader]:
    """Send a request line as it is; yield what its answer is read from."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    key = proxy.client.headers["Authorization"]
    fields = f"Host: a\r\nAuthorization: {key}\r\nGateway-User: alice\r\n"
    writer.write(f"{line} HTTP/{version}\r\n{fields}\r\n".encode())
    try:
        with anyio.fail_after(PATIENCE_SECONDS):
            yield reader
    finally:
        writer.transport.abort()


@pytest.mark.requirement("I1")
async def test_a_path_does_not_climb_to_another_api(proxy: Proxy, provider: StrictProvider) -> None:
    for path in ("../admin", "..%2fadmin", "%2e%2e/admin", "..\\admin", "..;/admin", "x/../../a"):
        async with raw(proxy, f"GET {AT}{path}") as reader:
            assert b" 400 " in await reader.readline()
    assert not provider.seen


@pytest.mark.requirement("I1")
async def test_a_token_does_not_go_to_a_siblings_host(
    proxy: Proxy, provider: StrictProvider
) -> None:
    headers = {"Gateway-Host": "globex.relay.example"}
    await proxy.client.get(AT + "x", headers=headers)
    assert not provider.seen


@pytest.mark.requirement("I1")
async def test_a_tool_does_not_call_with_a_credential_of_its_own(
    proxy: Proxy, provider: StrictProvider
) -> None:
    """It could make the gateway act for somebody else, and bill it to this user."""
    own = {"X-Api-Key": "own", "x_api_key": "own"}
    await proxy.client.get("/v1/proxy/in-header/x", headers=own)
    await proxy.client.get("/v1/proxy/in-query/x?api_key=own&API%5Fkey=own")
    header, query = provider.calls
    assert header.all(b"x-api-key") + header.all(b"x_api_key") == [KEY.encode()]
    assert query.query == {"api_key": KEY}
    assert b"own" not in query.target


@pytest.mark.requirement("I2")
async def test_a_provider_learns_nothing_about_the_caller(
    proxy: Proxy, provider: StrictProvider
) -> None:
    given = {"Cookie": "a=secret-cookie", "X-Forwarded-For": "10.0.0.9"}
    given["Forwarded"] = "for=10.0.0.9"
    await proxy.client.get("/v1/proxy/in-query/x", headers=given)
    sent = str(provider.calls[0].headers)
    for secret in (proxy.client.headers["Authorization"], "alice", "secret-cookie", "10.0.0.9"):
        assert secret not in sent


@pytest.mark.requirement("I2", "I3")
async def test_a_provider_does_not_speak_for_the_gateway(
    proxy: Proxy, provider: StrictProvider
) -> None:
    head = b"HTTP/1.1 200 OK\r\nSet-Cookie: gateway_session=1\r\nGateway-Error: forbidden\r\n"
    answer = await proxy.client.post(AT + "raw", content=head + b"Content-Length: 2\r\n\r\nok")
    assert answer.content == b"ok"
    assert not {"set-cookie", "gateway-error"} & answer.headers.keys()


@pytest.mark.requirement("H3", "I1")
async def test_a_redirect_does_not_lead_away(proxy: Proxy) -> None:
    params = {"to": "https://evil.example/login"}
    answer = await proxy.client.get(AT + "redirect", params=params)
    assert "location" not in answer.headers


@pytest.mark.requirement("I3")
async def test_an_echo_does_not_give_a_tool_the_credential(
    proxy: Proxy, provider: StrictProvider
) -> None:
    (token,) = provider.tokens
    assert token not in (await proxy.client.get(AT + "x")).text
    for place in ("header", "query", "basic", "path"):
        assert KEY not in (await proxy.client.get(f"/v1/proxy/in-{place}/x")).text


@pytest.mark.requirement("I4")
async def test_half_an_answer_is_not_taken_for_the_whole(
    proxy: Proxy, provider: StrictProvider
) -> None:
    """Whoever can cut the provider's connection must not decide what a tool believes."""
    async with raw(proxy, f"GET {AT}cut", version="1.0") as reader:
        await reader.readuntil(b"half of it")
        provider.gate.set()
        with pytest.raises(ConnectionResetError):
            await reader.read()


@pytest.mark.requirement("I6")
async def test_a_provider_does_not_get_an_order_twice(
    proxy: Proxy, provider: StrictProvider
) -> None:
    """It may carry out what it answers with 401."""
    provider.expire()
    await proxy.client.post(AT + "effect", json={"amount": 1})
    assert len(provider.calls) == 1


@pytest.mark.requirement("I6")
async def test_a_tool_does_not_end_a_connection(proxy: Proxy, provider: StrictProvider) -> None:
    """By calling what the user may not do. Without a refresh token, only the user could mend it."""
    provider.refresh_token = None  # type: ignore[assignment]
    await proxy.connect("bob")
    await proxy.client.get(AT + "deny", headers={"Gateway-User": "bob"})
    (found,) = await proxy.harness.services.connections.list_for("default", "bob")
    assert found.status is Status.ACTIVE


@pytest.mark.requirement("F5")
async def test_a_request_has_an_end(proxy: Proxy, provider: StrictProvider) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(1000):
            yield b"x" * 1000

    with anyio.fail_after(PATIENCE_SECONDS):
        try:
            answer = await proxy.client.put(AT + "sink", content=endless())
        except httpx.TransportError:
            return  # the gateway has closed the connection
    assert answer.status_code == 413
