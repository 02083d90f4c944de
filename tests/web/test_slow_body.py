"""A body that does not arrive is refused in time, and no other client waits (security F5)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import anyio
import pytest
from starlette.types import Receive, Scope, Send

from gateway.access.service_keys import Role
from gateway.web.inputs import BODY_SECONDS
from tests.conftest import GATEWAY_URL
from tests.support.gateway import Harness, running_gateway
from tests.support.problems import problem
from tests.support.sandbox import SandboxProcess
from tests.support.serving import serving
from tests.web.test_headers import assert_guarded

TOKEN = "/v1/connectors/google/token"
JSON = {"Content-Type": "application/json"}
DEADLINE = 0.3
"""Seconds; short, so that a test of it is."""


@pytest.fixture
async def hasty(
    mongodb_url: str, database_name: str, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Harness]:
    """A gateway that waits only a moment for a body."""
    monkeypatch.setattr("gateway.web.app.BODY_SECONDS", DEADLINE)
    async with running_gateway(
        mongodb_url, database_name, sandbox=sandbox.url, public_url=GATEWAY_URL
    ) as harness:
        yield harness


async def never_whole() -> AsyncIterator[bytes]:
    """A body that starts and never ends."""
    yield b'{"user": '
    await asyncio.Event().wait()


async def dripping() -> AsyncIterator[bytes]:
    """A body that arrives one byte at a time, without end."""
    while True:
        yield b" "
        await asyncio.sleep(0.01)  # the client's pace


@pytest.mark.requirement("F5")
@pytest.mark.parametrize("body", [never_whole, dripping])
async def test_a_body_that_does_not_arrive_is_refused_in_time(hasty: Harness, body: object) -> None:
    """The refusal is an ordinary problem with all headers."""
    api = await hasty.api(Role.TOKENS)
    with anyio.fail_after(20):
        answer = await api.post(TOKEN, content=body(), headers=JSON)  # type: ignore[operator]
    problem(answer, 408, "too_slow")
    assert_guarded(answer)
    assert answer.headers["connection"] == "close"


@pytest.mark.requirement("F5")
def test_the_deadline_in_production_is_half_a_minute() -> None:
    assert BODY_SECONDS == 30.0


@pytest.mark.requirement("F5")
async def test_slow_clients_do_not_delay_others(hasty: Harness) -> None:
    """Over fifty real connections; the next request is answered before any of them."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await hasty.transport.app(scope, receive, send)  # type: ignore[attr-defined]

    key = await hasty.key(Role.TOKENS)
    head = (
        f"POST {TOKEN} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
        "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    ).encode()
    with anyio.fail_after(20):
        async with serving(app) as port:
            slow = [await asyncio.open_connection("127.0.0.1", port) for _ in range(50)]
            for _, writer in slow:
                writer.write(head)
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            assert (await reader.read()).startswith(b"HTTP/1.1 200 OK\r\n")
            writer.close()
            for reader, writer in slow:
                told = await reader.read()  # until the server hangs up
                assert told.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
                assert b'"code":"too_slow"' in told
                writer.close()
