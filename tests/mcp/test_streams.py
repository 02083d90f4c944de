"""Streams over a real socket: changed lists, answered questions, progress, cancellation.

Two applications on one database stand for two processes: what reaches one concerns the other.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import anyio
import httpx
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.mcp.app import McpApp
from gateway.mcp.control import Surface
from gateway.mcp.session import Sessions
from gateway.store.fresh.notices import message_tag
from gateway.store.mcp_messages import Kind
from gateway.store.policies import Decision, PolicyRule
from gateway.web.mcp_controls import controls_of, describer
from tests.mcp.speaking import ACCEPT, OLD, Mcp, modern
from tests.mcp.standin import AsPrincipal
from tests.support import provider as providers
from tests.support.integration_rows import integration
from tests.support.loopback import loopback_client
from tests.support.provider import Exchange, StrictProvider
from tests.support.serving import serving
from tests.support.waiting import PATIENCE_SECONDS

URL: dict[str, Any] = {"elicitation": {"url": {}}}
ITEM = {"name": "relay_get_item", "arguments": {"item_id": "i"}}
REFUSAL: dict[str, Any] = {"name": "relay_get_refusal", "arguments": {}}


class _AsNamed:
    """Says the host name of the settings, which the port of a test does not have."""

    def __init__(self, app: ASGIApp, url: str) -> None:
        self._app, self._host = app, url.partition("://")[2].encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        rest = [each for each in scope["headers"] if each[0] != b"host"]
        await self._app({**scope, "headers": [*rest, (b"host", self._host)]}, receive, send)


@asynccontextmanager
async def served(mcp: Mcp, app: McpApp) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application behind a real socket."""
    outer = _AsNamed(AsPrincipal(app, mcp.principal), mcp.url)
    async with (
        serving(outer) as port,
        loopback_client(base_url=f"http://127.0.0.1:{port}", headers={"accept": ACCEPT}) as client,
    ):
        yield client


@pytest.fixture
async def two(mcp: Mcp) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    """Clients of two applications on one database."""
    given = mcp.proxy.harness.services
    surface = Surface(describe=describer(given), controls=controls_of(given))
    second = McpApp(given, surface, patience=0.0)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(second.running())
        yield (
            await stack.enter_async_context(served(mcp, mcp.app)),
            await stack.enter_async_context(served(mcp, second)),
        )


def asking(method: str, params: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a request of the newest revision."""
    params, headers = modern(method, params, {})
    return {
        "json": {"jsonrpc": "2.0", "id": 7, "method": method, "params": params},
        "headers": headers,
    }


async def next_message(lines: AsyncIterator[str]) -> dict[str, Any]:
    """The next message of an event stream."""
    with anyio.fail_after(PATIENCE_SECONDS):  # comments keep the stream open
        async for line in lines:
            if line.startswith("data: "):
                found: dict[str, Any] = json.loads(line.removeprefix("data: "))
                return found
    raise AssertionError("the stream has ended")


async def happened(event: asyncio.Event) -> None:
    """Wait for an event, but not for ever."""
    with anyio.fail_after(PATIENCE_SECONDS):
        await event.wait()


async def tighten(mcp: Mcp) -> None:
    """Change which tools there are."""
    rule = PolicyRule(id="no", pattern="relay_get_item", decision=Decision.BLOCK)
    policies = mcp.proxy.harness.services.policies
    await policies.set("default", rules=[rule], disabled=(), revision=0)


async def add_an_api(mcp: Mcp) -> None:
    """Add an integration, and one of another tenant, of which nobody here hears."""
    rows = mcp.proxy.harness.services.integration_rows
    await rows.add(integration("other"))
    await rows.add(integration("default"))


@pytest.mark.parametrize("change", [tighten, add_an_api])
async def test_a_listening_client_hears_of_a_changed_list(
    mcp: Mcp,
    two: tuple[httpx.AsyncClient, httpx.AsyncClient],
    change: Callable[[Mcp], Awaitable[None]],
) -> None:
    first, second = two
    session = await mcp.session(URL)
    asked = asking("subscriptions/listen", {"notifications": {"toolsListChanged": True}})
    old = {"mcp-session-id": session, "mcp-protocol-version": OLD}
    async with (
        first.stream("POST", "/mcp", **asked) as new_stream,
        second.stream("GET", "/mcp", headers=old) as old_stream,
    ):
        news, olds = new_stream.aiter_lines(), old_stream.aiter_lines()
        acknowledged = await next_message(news)
        assert acknowledged["method"] == "notifications/subscriptions/acknowledged"
        assert (await anext(olds)).startswith(":")  # it is open
        await change(mcp)
        told = await next_message(news)
        assert told["method"] == "notifications/tools/list_changed"
        assert told["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"] == 7
        assert (await next_message(olds))["method"] == "notifications/tools/list_changed"
    names = await listed(first)
    assert "relay_get_item" not in names


async def listed(client: httpx.AsyncClient) -> list[str]:
    answer = await client.post("/mcp", **asking("tools/list", {}))
    result = answer.json()["result"]
    assert result["cacheScope"] == "private"
    return [tool["name"] for tool in result["tools"]]


async def test_the_end_of_a_question_reaches_the_session_alone(
    mcp: Mcp, two: tuple[httpx.AsyncClient, httpx.AsyncClient]
) -> None:
    """The question is asked by one process, and the client's stream is another's."""
    first, second = two
    session = await mcp.session(URL)
    old = {"mcp-session-id": session, "mcp-protocol-version": OLD}
    async with second.stream("GET", "/mcp", headers=old) as stream:
        lines = stream.aiter_lines()
        assert (await anext(lines)).startswith(":")
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": ITEM}
        answer = (await first.post("/mcp", json=call, headers=old)).json()
        (question,) = answer["error"]["data"]["elicitations"]
        await mcp.proxy.connect()
        told = await next_message(lines)
    assert told["method"] == "notifications/elicitation/complete"
    assert told["params"]["elicitationId"] == question["elicitationId"]


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> tuple[asyncio.Event, asyncio.Event]:
    """``REFUSAL`` waits: the first event says that it came, the second that the caller left."""
    reached, gone = asyncio.Event(), asyncio.Event()

    async def hang(provider: StrictProvider, exchange: Exchange) -> None:
        await exchange.body()
        reached.set()
        await exchange.gone()
        gone.set()

    monkeypatch.setitem(providers.BEHAVIOURS, "refusal", hang)
    return reached, gone


async def test_cancelling_closes_the_work(
    mcp: Mcp,
    two: tuple[httpx.AsyncClient, httpx.AsyncClient],
    hanging: tuple[asyncio.Event, asyncio.Event],
) -> None:
    """Of the older era by a message that another process gets; of the newer by hanging up."""
    reached, gone = hanging
    await mcp.proxy.connect()
    first, second = two
    session = await mcp.session({})
    old = {"mcp-session-id": session, "mcp-protocol-version": OLD}
    call = {"jsonrpc": "2.0", "id": "c-1", "method": "tools/call", "params": REFUSAL}
    running = asyncio.create_task(first.post("/mcp", json=call, headers=old))
    await happened(reached)
    params = {"requestId": "c-1", "reason": "the user changed their mind"}
    cancel = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params}
    assert (await second.post("/mcp", json=cancel, headers=old)).status_code == 202
    assert (await running).status_code == 202
    await happened(gone)
    reached.clear()
    gone.clear()
    running = asyncio.create_task(first.post("/mcp", **asking("tools/call", REFUSAL)))
    await happened(reached)
    running.cancel()
    await happened(gone)
    outcomes = [line["outcome"] for line in await lines_of(mcp)]
    assert outcomes == ["cancelled", "cancelled"]


async def test_a_cancellation_that_is_told_twice_closes_the_work_too(
    mcp: Mcp,
    two: tuple[httpx.AsyncClient, httpx.AsyncClient],
    hanging: tuple[asyncio.Event, asyncio.Event],
) -> None:
    """The store announces it and the change stream as well, at any step of the clean-up."""
    reached, gone = hanging
    await mcp.proxy.connect()
    first, _ = two
    old = {"mcp-session-id": await mcp.session({}), "mcp-protocol-version": OLD}
    given = mcp.proxy.harness.services
    session = Sessions(given.vault).open(old["mcp-session-id"], mcp.principal, given.clock())
    assert session is not None
    notices = given.mcp_messages.notices
    cancelled = message_tag({"topic": session.topic, "kind": Kind.CANCELLED, "subject": "1"})
    for steps in range(4):
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": REFUSAL}
        running = asyncio.create_task(first.post("/mcp", json=call, headers=old))
        await happened(reached)
        notices.tell(cancelled)
        for _ in range(steps):
            await asyncio.sleep(0)
        notices.tell(cancelled)
        assert (await running).status_code == 202
        await happened(gone)
        reached.clear()
        gone.clear()
    assert [line["outcome"] for line in await lines_of(mcp)] == ["cancelled"] * 4


async def lines_of(mcp: Mcp) -> list[dict[str, Any]]:
    """The audit's lines of calls."""
    services = mcp.proxy.harness.services
    await services.audit.flush()
    rows: Any = services.audit._store._rows
    found: list[dict[str, Any]] = await rows.find({"action": "tool.called"}, sort=[("time", 1)])
    return found
