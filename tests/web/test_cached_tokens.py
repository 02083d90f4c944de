"""Cached token reads over real connections: the fast path and ASGI give the same answers."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import anyio
import httpx
import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.types import Receive, Scope, Send

from gateway.access.service_keys import Role, ServiceKeys
from gateway.server.fast_path import Answer
from gateway.services.tokens import TokenService
from gateway.web.tokens import TokenRequest
from tests.conftest import GATEWAY_URL
from tests.support.answers import WatchedTransport
from tests.support.gateway import FakeClock, Harness, running_gateway
from tests.support.sandbox import SandboxProcess
from tests.support.serving import serving
from tests.support.spans import set_up_traces
from tests.support.tokens import connect, connections, disconnect
from tests.web.test_audit_actions import audit

pytestmark = pytest.mark.usefixtures("lasting_cache")

TOKEN = "/v1/connectors/google/token"
OWN_ID = "my-own-request-id"


@dataclass
class Doors:
    """A gateway behind a socket, with the answers of its fast path."""

    gateway: Harness
    prompt: bool = True
    at_once: list[Answer | None] = field(default_factory=list)

    @property
    def _app(self) -> Any:
        transport = self.gateway.transport
        if isinstance(transport, WatchedTransport):
            transport = transport.inner
        assert isinstance(transport, httpx.ASGITransport)
        return transport.app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    def respond_sync(self, scope: Scope, body: bytes) -> Answer | None:
        if not self.prompt:
            return None
        answer: Answer | None = self._app.respond_sync(scope, body)
        self.at_once.append(answer)
        return answer

    async def ask(self, *, key: str, body: bytes, path: str = TOKEN, more: str = "") -> Reply:
        """Send one request over a new connection."""
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n{more}"
            "Connection: close\r\n\r\n"
        )
        with anyio.fail_after(30):
            async with serving(self) as port:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(head.encode() + body)
                answer = await reader.read()
                writer.close()
                await writer.wait_closed()
        first, _, rest = answer.partition(b"\r\n\r\n")
        status, *lines = first.decode().split("\r\n")
        return Reply(status, [line for line in lines if not line.startswith("date: ")], rest)


@dataclass(frozen=True)
class Reply:
    """An answer without its ``Date``."""

    status: str
    lines: list[str]
    body: bytes

    def header(self, name: str) -> str:
        """The one header of this name."""
        (found,) = [line for line in self.lines if line.startswith(f"{name}: ")]
        return found.partition(": ")[2]


@pytest.fixture
async def doors(gateway: Harness) -> Doors:
    """Somebody's account is connected, and the token was read before."""
    await connect(gateway, "google")
    for _ in range(2):
        assert (await gateway.token("google", "alice")).status_code == 200
    return Doors(gateway)


def asking(**wanted: Any) -> bytes:
    """The body of a request."""
    return json.dumps({"user": "alice"} | wanted).encode()


@pytest.mark.requirement("G4", "J1")
async def test_both_ways_answer_with_the_same_bytes(doors: Doors) -> None:
    """The same lines in the same order, except for the request id."""
    key = await doors.gateway.key(Role.TOKENS)
    prompt = await doors.ask(key=key, body=asking())
    doors.prompt = False
    ordinary = await doors.ask(key=key, body=asking())
    assert len(doors.at_once) == 1
    assert doors.at_once[0] is not None
    assert prompt.status == ordinary.status == "HTTP/1.1 200 OK"
    assert prompt.body == ordinary.body
    ids = prompt.header("x-request-id"), ordinary.header("x-request-id")
    assert ids[0] != ids[1]
    assert [line.replace(ids[0], "") for line in prompt.lines] == [
        line.replace(ids[1], "") for line in ordinary.lines
    ]
    assert prompt.header("cache-control") == "no-store"
    assert prompt.header("connection") == "close"


@pytest.mark.requirement("F2", "J1")
async def test_a_hand_out_without_a_task_leaves_the_same_traces(
    doors: Doors, capture_requests: list[tuple[Any, ...]]
) -> None:
    """A line in the audit with the key and the id of the request, and one in the log."""
    key = await doors.gateway.key(Role.TOKENS)
    for doors.prompt in (True, False):
        reply = await doors.ask(key=key, body=asking(), more=f"X-Request-Id: {OWN_ID}\r\n")
        assert reply.header("x-request-id") == OWN_ID
    lines = [line for line in await audit(doors.gateway) if line["request_id"] == OWN_ID]
    assert len(lines) == 2
    for line in lines:
        assert (line["action"], line["outcome"]) == ("token.issued", "ok")
        assert line["actor"]["key_id"] == key.split("_")[1]
    told = [facts for facts in capture_requests if facts[0] == OWN_ID]
    assert [facts[:-1] for facts in told] == [(OWN_ID, "POST", TOKEN, 200)] * 2
    assert all(0 <= facts[-1] < 10_000 for facts in told)


@pytest.fixture
def finished(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    """The spans that have ended. Ask for it before ``doors``: a start looks for an SDK."""
    return set_up_traces(monkeypatch)


async def test_with_traces_a_cached_read_has_a_span(
    finished: InMemorySpanExporter, doors: Doors
) -> None:
    finished.clear()
    key = await doors.gateway.key(Role.TOKENS)
    reply = await doors.ask(key=key, body=asking())
    assert reply.status == "HTTP/1.1 200 OK"
    (span,) = finished.get_finished_spans()
    assert dict(span.attributes or {}) == {
        "http.request.method": "POST",
        "url.path": TOKEN,
        "http.response.status_code": 200,
        "gateway.request_id": reply.header("x-request-id"),
    }


@pytest.fixture
def capture_requests(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """The calls of the access log."""
    told: list[tuple[Any, ...]] = []
    monkeypatch.setattr("gateway.web.middleware.log_request", lambda *facts: told.append(facts))
    return told


@pytest.mark.requirement("F1", "F4", "F5")
@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"body": b"{"}, 422),
        ({"body": asking(unknown=1)}, 422),
        ({"body": asking(account="nobody")}, 404),
        ({"body": asking(user="bob")}, 409),
        ({"body": asking() + b" " * 70_000}, 413),
        ({"body": asking() + b" " * 2_000}, 200),
        ({"path": TOKEN + "?a=b"}, 422),
        ({"path": TOKEN.replace("google", "nobody")}, 404),
        ({"key": f"gwk_{'0' * 16}_{'1' * 64}"}, 401),
        ({"key": "none"}, 401),
    ],
    ids=[
        "not json",
        "unknown field",
        "account",
        "user",
        "too large",
        "long",
        "query",
        "connector",
        "unknown key",
        "no key",
    ],
)
async def test_special_request_is_left_to_the_application(
    doors: Doors, changed: dict[str, Any], status: int
) -> None:
    """It alone refuses and explains."""
    asked = {"key": await doors.gateway.key(Role.TOKENS), "body": asking()} | changed
    reply = await doors.ask(**asked)
    assert reply.status.split()[1] == str(status)
    assert doors.at_once == [None]


@pytest.mark.requirement("E6", "F2")
async def test_token_of_a_deleted_connection_or_key_is_not_issued(doors: Doors) -> None:
    """A disconnected account and a deleted key end at once, without a task as well as with one."""
    key = await doors.gateway.key(Role.TOKENS)
    assert (await doors.ask(key=key, body=asking())).status == "HTTP/1.1 200 OK"
    (row,) = await connections(doors.gateway)
    assert (await disconnect(doors.gateway, row["id"])).is_success
    assert (await doors.ask(key=key, body=asking())).status == "HTTP/1.1 409 Conflict"
    assert await doors.gateway.services.keys.delete("default", key.split("_")[1])
    assert (await doors.ask(key=key, body=asking())).status == "HTTP/1.1 401 Unauthorized"
    assert [answer is None for answer in doors.at_once] == [False, True, True]


@pytest.fixture
async def tight(
    mongodb_url: str, database_name: str, sandbox: SandboxProcess, clock: FakeClock
) -> AsyncIterator[Harness]:
    """A gateway where a key may read five tokens a minute."""
    async with running_gateway(
        mongodb_url,
        database_name,
        clock=clock,
        sandbox=sandbox.url,
        public_url=GATEWAY_URL,
        limits="token_reads=5/m",
    ) as harness:
        yield harness


@pytest.mark.requirement("F6")
async def test_too_many_reads_are_refused_whichever_way_they_go(tight: Harness) -> None:
    """The same permits are spent."""
    await connect(tight, "google")
    doors, key = Doors(tight), await tight.key(Role.TOKENS)
    replies = [await doors.ask(key=key, body=asking()) for _ in range(7)]
    assert [reply.status.split()[1] for reply in replies] == ["200"] * 5 + ["429"] * 2


@pytest.mark.parametrize("prompt", [True, False], ids=["fast path", "ASGI"])
async def test_cold_read_is_recognised_once(
    doors: Doors, monkeypatch: pytest.MonkeyPatch, prompt: bool
) -> None:
    """The key is checked, the cache asked and the body parsed once, wherever the answer is made."""
    doors.prompt = prompt
    gateway = doors.gateway
    key = await gateway.key(Role.TOKENS)
    await doors.ask(key=key, body=asking())  # which caches the key
    (row,) = await connections(gateway)
    counts: Counter[str] = Counter()

    def count(where: Any, name: str) -> None:
        counted = getattr(where, name)

        def counting(*arguments: Any, **options: Any) -> Any:
            counts[name] += 1
            return counted(*arguments, **options)

        monkeypatch.setattr(where, name, counting)

    count(ServiceKeys, "_checked")
    count(TokenService, "recall")
    count(TokenRequest, "model_validate_json")
    reply = await doors.ask(key=key, body=asking(account=row["id"]))  # not asked for before
    assert reply.status == "HTTP/1.1 200 OK"
    assert counts == {"_checked": 1, "recall": 1, "model_validate_json": 1}
