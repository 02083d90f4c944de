"""``GET /v1/events``: a snapshot, then what changes, for the right person, as long as allowed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

from gateway.access.service_keys import Role
from gateway.live import hub
from gateway.store.connections import ConnectionStore
from gateway.store.fresh.notices import EVERYTHING
from gateway.store.sessions import IDLE
from gateway.web import events
from tests.conftest import GATEWAY_URL
from tests.support.browser import Browser
from tests.support.live import OpenStream, look_again, open_stream
from tests.support.loopback import loopback_client
from tests.support.problems import problem
from tests.support.waiting import PATIENCE_SECONDS, until
from tests.tools.conftest import Tools

URL = f"{GATEWAY_URL}/v1/events"


@pytest.fixture(autouse=True)
async def watched(tools: Tools) -> None:
    """The gateway follows the database's changes."""
    with anyio.fail_after(PATIENCE_SECONDS):
        await tools.proxy.harness.services.approvals.watch.told.wait()


@pytest.fixture
async def browser(tools: Tools) -> Browser:
    return await tools.proxy.harness.browser("alice")


def cookies(browser: Browser) -> dict[str, str]:
    """The credential of a page's script."""
    return {"Cookie": "; ".join(f"{c.name}={c.value}" for c in browser.client.cookies.jar)}


@pytest.fixture
async def stream(tools: Tools, browser: Browser) -> AsyncIterator[OpenStream]:
    """Alice's open stream, in front of its snapshot."""
    async with open_stream(tools.proxy.harness, cookies(browser)) as opened:
        yield opened


async def key(tools: Tools, *roles: Role, tenant: str = "default") -> dict[str, str]:
    secret = await tools.proxy.harness.key(*roles, tenant=tenant)
    return {"Authorization": f"Bearer {secret}"}


async def snapshot(opened: OpenStream) -> dict[str, Any]:
    """The data of the first event."""
    found = await opened.event()
    assert found is not None
    name, data = found
    assert name == "snapshot"
    assert isinstance(data, dict)
    return data


async def is_empty(live: hub.Hub) -> bool:
    return len(live) == 0


async def test_connections_come_change_and_go(
    tools: Tools, stream: OpenStream, subtests: pytest.Subtests
) -> None:
    services = tools.proxy.harness.services
    with subtests.test("headers"):
        assert stream.status == 200
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["cache-control"] == "no-store"
        assert stream.headers["x-accel-buffering"] == "no"
        assert "content-length" not in stream.headers
    assert await snapshot(stream) == {"connections": [], "approvals": []}
    mine = await tools.proxy.connect()
    added = {
        "id": mine.id,
        "connector": "relay",
        "owner": "user",
        "account_label": mine.account_label,
        "is_default": True,
        "status": "active",
        "status_reason": None,
        "action": None,
    }
    assert await stream.event() == ("connection.added", added)
    store: ConnectionStore = services.connections._store
    assert await store.end_grant(mine, "invalid_grant", services.clock())
    broken = added | {
        "status": "needs_reauth",
        "status_reason": "invalid_grant",
        "action": "reconnect",
    }
    assert await stream.event() == ("connection.changed", broken)
    await services.disconnect.disconnect(mine)
    assert await stream.event() == ("connection.removed", broken)


async def test_a_call_that_waits_is_told_without_its_request(
    tools: Tools, stream: OpenStream, browser: Browser
) -> None:
    mine = await tools.proxy.connect()
    found = await snapshot(stream)
    if not found["connections"]:
        assert (await stream.event() or ("", 0))[0] == "connection.added"
    asked = (await tools.call("relay_create_thing", title="Secret plan")).json()
    name, waiting = await stream.event() or ("", {})
    assert name == "approval.waiting"
    assert waiting == {
        "id": asked["approval_id"],
        "tool": "relay_create_thing",
        "connector": "relay",
        "owner": "user",
        "account_label": mine.account_label,
        "decide_by": waiting["decide_by"],
    }
    approvals = tools.proxy.harness.services.approvals
    await approvals.decide(
        "default", asked["approval_id"], user="alice", admin=False, approve=False
    )
    decided = ("approval.decided", waiting | {"state": "denied"})
    assert await stream.event() == decided
    # A call that nobody decides ends by time alone: the look from time to time tells it.
    other = (await tools.call("relay_create_thing", title="Other plan")).json()
    async with open_stream(tools.proxy.harness, cookies(browser)) as later:
        assert [each["id"] for each in (await snapshot(later))["approvals"]] == [
            other["approval_id"]
        ]
        tools.proxy.harness.clock.advance(seconds=16 * 60)
        look_again(tools.proxy.harness.services.live)
        name, ended = await later.event() or ("", {})
        assert (name, ended["id"], ended["state"]) == (
            "approval.ended",
            other["approval_id"],
            "expired",
        )


async def test_others_see_nothing(tools: Tools) -> None:
    """Another user, another tenant's key, a key for another connector, a key without the role."""
    harness = tools.proxy.harness
    await tools.proxy.connect()
    await tools.call("relay_create_thing", title="Plan")
    bob = await harness.browser("bob")
    empty: dict[str, list[Any]] = {"connections": [], "approvals": []}
    everything = (Role.CONNECTIONS, Role.TOOLS)
    for headers, query in (
        (cookies(bob), {}),
        (await key(tools, *everything), {"user": "bob"}),
        (await key(tools, *everything, tenant="other"), {"user": "alice"}),
    ):
        async with open_stream(harness, headers, **query) as opened:
            assert await snapshot(opened) == empty
            other = await tools.proxy.connect(account=f"acct-{len(headers)}-{len(query)}")
            await harness.services.disconnect.disconnect(other)
            look_again(harness.services.live)
            assert await opened.block() == ": still here"
    seen = await key(tools, Role.CONNECTIONS)
    async with open_stream(harness, seen, user="alice") as opened:
        found = await snapshot(opened)
        assert [each["connector"] for each in found["connections"]] == ["relay"]
        assert found["approvals"] == []  # the key has not the role that sees them
    async with open_stream(harness, await key(tools, *everything), user="alice") as opened:
        found = await snapshot(opened)
        assert len(found["connections"]) == len(found["approvals"]) == 1
    asked = await tools.proxy.harness.browser("bob")
    refused = await asked.client.get(
        URL, params={"user": "alice"}, headers={"Accept": "application/json"}
    )
    problem(refused, 403, "forbidden")


async def test_a_gap_is_closed_by_a_new_snapshot(tools: Tools, stream: OpenStream) -> None:
    """The change stream was away: what happened meanwhile was not told."""
    await snapshot(stream)
    harness = tools.proxy.harness
    watch = harness.services.approvals.watch
    watch._database.notices.tell(EVERYTHING)
    assert await stream.event() == ("resync", {"connections": [], "approvals": []})


async def test_a_stream_without_changes_looks_by_itself(
    tools: Tools, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "LOOK_SECONDS", 0.05)
    async with open_stream(tools.proxy.harness, cookies(browser)) as opened:
        await snapshot(opened)
        assert await opened.block() == ": still here"
        tools.proxy.harness.clock.advance(seconds=IDLE.total_seconds() + 1)
        assert await opened.event() is None


@pytest.mark.requirement("G1", "G5")
async def test_it_ends_with_the_session(tools: Tools) -> None:
    """At once when the person signs out, here or everywhere; soon when the session is over."""
    harness = tools.proxy.harness
    for how in ("Sign out", "Sign out everywhere", "idle"):
        browser = await harness.browser("alice")
        async with open_stream(harness, cookies(browser)) as opened:
            await snapshot(opened)
            if how == "idle":
                # An open page is nobody at work: the stream does not prolong the session.
                harness.clock.advance(seconds=IDLE.total_seconds() - 60)
                look_again(harness.services.live)
                assert await opened.block() == ": still here"
                harness.clock.advance(seconds=61)
                look_again(harness.services.live)
            else:
                await browser.open("/dashboard/account")
                await browser.submit(button=how)
            assert await opened.event() is None
    answer = await browser.client.get(URL, headers={"Accept": "application/json"})
    problem(answer, 401, "unauthorized")
    assert len(harness.services.live) == 0


async def test_it_ends_with_the_key(tools: Tools) -> None:
    services = tools.proxy.harness.services
    made, secret = await services.keys.create(tenant="default", roles=[Role.CONNECTIONS])
    headers = {"Authorization": f"Bearer {secret.reveal()}"}
    async with open_stream(tools.proxy.harness, headers, user="alice") as opened:
        await snapshot(opened)
        await services.keys.delete("default", made.id)
        assert await opened.event() is None


async def test_sessions_and_processes_have_a_cap(
    tools: Tools, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness = tools.proxy.harness
    json = {"Accept": "application/json"}
    monkeypatch.setattr(hub, "MOST_OF_ONE", 1)
    async with open_stream(harness, cookies(browser)) as opened:
        await snapshot(opened)
        refused = await browser.client.get(URL, headers=json)
        problem(refused, 429, "too_many_streams")
        assert int(refused.headers["retry-after"]) > 0
        other = await harness.browser("alice")  # another session of the same person
        answer = await other.client.get(URL, params={"seconds": "0"}, headers=json)
        assert answer.text.count("event: ") == 1
        monkeypatch.setattr(harness.services.live, "_most", 1)
        problem(await other.client.get(URL, headers=json), 503, "streams_full")
    assert len(harness.services.live) == 0
    assert (await browser.client.get(URL, params={"seconds": "0"})).status_code == 200
    assert (await browser.client.head(URL)).content == b""
    assert len(harness.services.live) == 0


async def test_shutdown_ends_it(tools: Tools, stream: OpenStream, browser: Browser) -> None:
    await snapshot(stream)
    tools.proxy.harness.services.live.close()
    assert await stream.event() is None
    answer = await browser.client.get(URL, headers={"Accept": "application/json"})
    problem(answer, 503, "not_ready")


async def test_a_client_that_does_not_read_is_cut_off(
    tools: Tools, stream: OpenStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing queues up for it: it can come back, and gets a snapshot."""
    await snapshot(stream)
    monkeypatch.setattr(events, "SLOW_SECONDS", 0.05)
    stream.reads.clear()
    live = tools.proxy.harness.services.live
    look_again(live)
    await until(lambda: is_empty(live))


async def test_over_a_socket_it_comes_at_once_and_ends_cleanly(tools: Tools) -> None:
    """Nothing on the way gathers it, and the connection serves the next request."""
    headers = await key(tools, Role.CONNECTIONS)
    async with loopback_client(base_url=tools.proxy.url, headers=headers) as client:
        async with client.stream("GET", "/v1/events", params={"user": "alice"}) as answer:
            lines = answer.aiter_lines()
            assert await anext(lines) == f"retry: {events.RETRY_MS}"
            await anext(lines)
            assert await anext(lines) == "event: snapshot"
            await anext(lines)
            await anext(lines)
            await tools.proxy.connect()
            assert await anext(lines) == "event: connection.added"
        whole = await client.get("/v1/events", params={"user": "alice", "seconds": "1"})
        assert whole.text.startswith("retry: ")
        assert (await client.get("/healthz")).status_code == 200
    await until(lambda: is_empty(tools.proxy.harness.services.live))


@pytest.mark.parametrize("seconds", ["-1", "x", "", "3601", "1.5"])
async def test_a_wrong_length_is_refused(tools: Tools, seconds: str) -> None:
    headers = await key(tools, Role.CONNECTIONS)
    answer = await tools.client.get(
        URL, params={"user": "alice", "seconds": seconds}, headers=headers
    )
    problem(answer, 422, "invalid_request")
    problem(await tools.client.get(URL, headers=headers), 422, "invalid_request")
