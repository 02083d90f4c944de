"""A client that hangs up is no server error: not in the access log, the metrics or the log.

As in modelcontextprotocol/python-sdk#1648, stephenhillier/starlette_exporter#77,
Kludex/uvicorn#2271 and #124.
"""

from __future__ import annotations

import asyncio

import anyio
import pytest
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from gateway.access.service_keys import Role
from tests.conftest import GATEWAY_URL
from tests.support.gateway import Harness
from tests.support.serving import serving

HOST = GATEWAY_URL.partition("://")[2]
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
UNFINISHED = [
    ("POST", "/v1/connectors/google/token", JSON),
    ("POST", "/v1/connectors/google/refresh", JSON),
    ("POST", "/v1/logins", JSON),
    ("POST", "/v1/keys", JSON),
    ("POST", "/login", FORM),
]
CUT_AT = ["head", "half of the body", "chunk"]


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> asyncio.Queue[tuple[str, int]]:
    """Return the access lines: path and status."""
    lines = asyncio.Queue[tuple[str, int]]()

    def note(request_id: str, method: str, path: str, status: int, ms: float) -> None:
        lines.put_nowait((path, status))

    monkeypatch.setattr("gateway.web.middleware.log_request", note)
    return lines


@pytest.mark.parametrize("cut_at", CUT_AT)
@pytest.mark.parametrize(("method", "path", "kind"), UNFINISHED)
async def test_hang_up_within_the_request_is_499_in_the_access_log(
    gateway: Harness,
    answered: asyncio.Queue[tuple[str, int]],
    method: str,
    path: str,
    kind: str,
    cut_at: str,
) -> None:
    """The connection closes after the head, within the body, or between two chunks."""
    key = await gateway.key(*Role)
    length = "Transfer-Encoding: chunked" if cut_at == "chunk" else "Content-Length: 100"
    sent = {"head": "", "half of the body": '{"user": ', "chunk": '9\r\n{"user": \r\n'}[cut_at]
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nOrigin: {GATEWAY_URL}\r\n"
        f"Authorization: Bearer {key}\r\nContent-Type: {kind}\r\n{length}\r\n\r\n"
    )
    before = gateway.services.metrics.text()
    with capture_logs() as logged, anyio.fail_after(20):
        assert await hang_up(gateway, (head + sent).encode(), answered) == (path, 499)
    assert [line for line in logged if line["log_level"] in {"error", "critical"}] == []
    assert gateway.services.metrics.text() == before


async def test_hang_up_before_the_answer_is_no_error_either(
    gateway: Harness, answered: asyncio.Queue[tuple[str, int]]
) -> None:
    """The whole request arrived: the gateway does its work, and nobody reads the answer."""
    head = b"GET /v1/connectors/available HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with capture_logs() as logged, anyio.fail_after(20):
        path, status = await hang_up(gateway, head, answered)
    assert (path, status) == ("/v1/connectors/available", 200)
    assert [line for line in logged if line["log_level"] in {"error", "critical"}] == []


async def hang_up(
    gateway: Harness, sent: bytes, answered: asyncio.Queue[tuple[str, int]]
) -> tuple[str, int]:
    """Reset a real connection as soon as the gateway reads its request; return the access line."""
    reached, application = asyncio.Event(), gateway.transport.app  # type: ignore[attr-defined]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        reached.set()
        await application(scope, receive, send)

    async with serving(app) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        await reached.wait()
        writer.transport.abort()
        return await answered.get()
