"""A provider that takes its time: the browser is answered at once, and the work goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpx
import pytest
from structlog.testing import capture_logs

from gateway.errors import ProviderUnavailable
from gateway.services import flow_ends
from gateway.services.flow_ends import LONGEST, FlowEnds
from gateway.services.provider import Provider
from gateway.store.flows import Flow, FlowEnd, FlowStore
from gateway.store.mongo import Database
from gateway.web.waiting import waiting_path
from gateway.wiring.knobs import Knobs
from tests.conftest import GATEWAY_URL
from tests.support.browser import Browser, words
from tests.support.callbacks import approved_callback, param
from tests.support.gateway import ACCOUNTS, FakeClock, Harness, running_gateway
from tests.support.rows import Rows
from tests.support.sandbox import SandboxProcess
from tests.support.sealing import VAULT
from tests.support.waiting import until


@dataclass
class Hanging:
    """A provider that says nothing until ``answers`` is set, and then fails with ``error``."""

    asked: asyncio.Event
    answers: asyncio.Event
    error: Exception | None = None


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Hanging:
    hanging, exchange = Hanging(asyncio.Event(), asyncio.Event()), Provider.exchange

    async def late(self: Provider, *args: Any, **kwargs: Any) -> Any:
        hanging.asked.set()
        await hanging.answers.wait()
        if hanging.error is not None:
            raise hanging.error
        return await exchange(self, *args, **kwargs)

    monkeypatch.setattr(Provider, "exchange", late)
    return hanging


@asynccontextmanager
async def impatient(
    mongodb_url: str, database_name: str, sandbox: SandboxProcess, clock: FakeClock
) -> AsyncIterator[Harness]:
    """A gateway whose callbacks wait for nothing."""
    async with running_gateway(
        mongodb_url,
        database_name,
        sandbox=sandbox.url,
        public_url=GATEWAY_URL,
        clock=clock,
        knobs=Knobs(callback_seconds=0.0),
    ) as harness:
        yield harness


@pytest.fixture
async def gateway(
    mongodb_url: str,
    database_name: str,
    sandbox: SandboxProcess,
    clock: FakeClock,
    provider: Hanging,
) -> AsyncIterator[Harness]:
    async with impatient(mongodb_url, database_name, sandbox, clock) as harness:
        yield harness
        provider.answers.set()


async def back_from_google(gateway: Harness, query: str = "") -> tuple[Browser, str]:
    """A browser that has come back while the provider hangs; the address where it waits."""
    browser = await gateway.browser("alice")
    await browser.start("google", query)
    callback = await approved_callback(browser, ACCOUNTS["google"])
    answer = await browser.client.get(callback, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.headers["referrer-policy"]) == (303, "no-referrer")
    address = answer.headers["location"]
    assert param(callback, "state") not in address
    return browser, address


def no_fault(flow: Flow) -> FlowEnd:
    raise AssertionError("there is no flow")


async def look(browser: Browser, address: str) -> httpx.Response:
    """Ask once, without following where the page leads."""
    return await browser.client.get(GATEWAY_URL + address)


def flow_cookies(browser: Browser) -> list[str]:
    return [c.name for c in browser.client.cookies.jar if c.name.startswith("gateway_flow_")]


@pytest.mark.requirement("A7", "A17")
async def test_a_hanging_provider_is_told_at_once_and_the_outcome_follows(
    gateway: Harness, provider: Hanging, rows: Rows
) -> None:
    browser, address = await back_from_google(gateway)
    page = await look(browser, address)
    assert page.status_code == 200
    browser.page = page
    assert "Connecting Google … Waiting for Google" in words(browser)
    assert f'content="0;url={address}?wait=1"' in page.text
    assert page.headers["cache-control"] == "no-store"
    assert flow_cookies(browser)
    await provider.asked.wait()
    assert await rows.connections() == []

    provider.answers.set()
    with anyio.fail_after(30):
        await browser.open(address)
    assert browser.outcome() == "connected"
    assert urlsplit(browser.url).path == "/dashboard/connectors"
    assert "Google is connected" in browser.text
    assert flow_cookies(browser) == []
    assert (await rows.connection())["generation"] == 1

    # Going back finds that it is over, and so does another browser of the same person.
    await browser.open(address)
    assert browser.outcome() == "already_connected"


async def test_the_request_that_waits_is_answered_by_another_process(
    gateway: Harness,
    provider: Hanging,
    mongodb_url: str,
    database_name: str,
    sandbox: SandboxProcess,
    clock: FakeClock,
) -> None:
    """It began to wait before the provider answered."""
    browser, address = await back_from_google(gateway)
    async with impatient(mongodb_url, database_name, sandbox, clock) as other:
        elsewhere = await other.browser()
        elsewhere.client.cookies = browser.client.cookies
        waits = asyncio.create_task(look(elsewhere, f"{address}?wait=1"))
        await provider.asked.wait()
        assert not waits.done()
        provider.answers.set()
        with anyio.fail_after(30):
            answer = await waits
    assert answer.status_code == 303
    assert param(answer.headers["location"], "outcome") == "connected"


async def test_a_request_that_waits_ends_after_some_looks(
    gateway: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No proxy has to keep it for long; the page asks again."""
    monkeypatch.setattr(flow_ends, "LOOK_SECONDS", 0.0)
    browser, address = await back_from_google(gateway)
    page = await look(browser, f"{address}?wait=1")
    assert (page.status_code, f"{address}?wait=1" in page.text) == (200, True)


async def test_a_failing_exchange_is_told_in_the_usual_words(
    gateway: Harness, provider: Hanging, rows: Rows
) -> None:
    browser, address = await back_from_google(gateway)
    provider.error = ProviderUnavailable("it said nothing")
    provider.answers.set()
    with anyio.fail_after(30):
        await browser.open(address)
    assert browser.outcome() == "failed"
    assert "Google could not be connected" in browser.text
    assert "Request ID" in browser.text
    assert await rows.connections() == []


async def test_an_unexpected_error_ends_the_wait_at_once(
    gateway: Harness, provider: Hanging, rows: Rows
) -> None:
    browser, address = await back_from_google(gateway, "?display=popup")
    provider.error = KeyError("a fault of ours")
    provider.answers.set()
    with anyio.fail_after(30):
        await browser.open(address)
    assert (urlsplit(browser.url).path, browser.outcome()) == ("/dashboard/done", "internal_error")
    assert "Something went wrong on our side" in browser.text
    assert "Request ID" in browser.text
    assert "a fault of ours" not in browser.text
    assert await rows.connections() == []


@pytest.mark.requirement("A7", "A8")
async def test_a_failing_callback_of_a_stranger_does_not_end_the_wait(
    gateway: Harness, provider: Hanging
) -> None:
    browser = await gateway.browser("alice")
    await browser.start("google")
    callback = await approved_callback(browser, ACCOUNTS["google"])
    address = (await browser.client.get(callback)).headers["location"]
    await provider.asked.wait()
    for user in ("bob", None):
        stranger = await gateway.browser(user)
        assert (await stranger.client.get(callback)).status_code in {400, 403}
    assert (await look(browser, address)).status_code == 200
    provider.answers.set()
    with anyio.fail_after(30):
        await browser.open(address)
    assert browser.outcome() == "connected"


async def test_a_window_ends_on_its_own_page(gateway: Harness, provider: Hanging) -> None:
    browser, address = await back_from_google(gateway, "?display=popup")
    provider.answers.set()
    with anyio.fail_after(30):
        await browser.open(address)
    assert (urlsplit(browser.url).path, browser.outcome()) == ("/dashboard/done", "connected")


async def test_a_browser_that_goes_away_does_not_end_the_work(
    mongodb_url: str, database_name: str, sandbox: SandboxProcess, provider: Hanging, rows: Rows
) -> None:
    """The code is used up: only this work can make a connection of it."""
    async with running_gateway(
        mongodb_url, database_name, sandbox=sandbox.url, public_url=GATEWAY_URL
    ) as gateway:
        browser = await gateway.browser("alice")
        await browser.start("google")
        callback = await approved_callback(browser, ACCOUNTS["google"])
        request = asyncio.create_task(browser.client.get(callback))
        await provider.asked.wait()
        request.cancel()
        await asyncio.gather(request, return_exceptions=True)
        assert request.cancelled()
        provider.answers.set()

        async def is_connected() -> bool:
            return bool(await rows.connections())

        await until(is_connected)
        assert (await gateway.token("google", "alice")).status_code == 200


async def test_a_shutdown_waits_for_the_work(
    mongodb_url: str,
    database_name: str,
    sandbox: SandboxProcess,
    clock: FakeClock,
    provider: Hanging,
    rows: Rows,
) -> None:
    async with impatient(mongodb_url, database_name, sandbox, clock) as gateway:
        await back_from_google(gateway)
        await provider.asked.wait()
        asyncio.get_running_loop().call_later(0.05, provider.answers.set)
    assert (await rows.connection())["connector"] == "google"


async def test_work_that_takes_too_long_at_a_shutdown_is_ended_and_logged() -> None:
    async def work(on_asking: Callable[[], None]) -> FlowEnd:
        on_asking()
        await asyncio.Event().wait()
        raise AssertionError("it goes on")

    ends = FlowEnds(None, FakeClock(), 0.0)  # type: ignore[arg-type]  # it asks for no row
    assert await ends.run("state", work, no_fault) is None
    with capture_logs() as logs:
        await ends.close(0.0)
        await ends.close(0.0)
    assert [(line["event"], line["count"]) for line in logs] == [("flows_left", 1)]


async def test_an_error_that_no_answer_tells_is_logged(
    gateway: Harness, database: Database
) -> None:
    begun = asyncio.Event()

    async def work(on_asking: Callable[[], None]) -> FlowEnd:
        on_asking()
        await begun.wait()
        raise KeyError("a fault of ours")

    ends = FlowEnds(FlowStore(database, gateway.services.vault), FakeClock(), 0.0)
    assert await ends.run("a state without a flow", work, no_fault) is None
    begun.set()
    with capture_logs() as logs:
        await ends.close()
    assert [(line["event"], line["error"]) for line in logs] == [("flow_lost", "KeyError")]


async def test_work_whose_process_died_is_over_after_its_deadline(
    gateway: Harness, clock: FakeClock
) -> None:
    """The words are those of a callback that is opened again."""
    browser, address = await back_from_google(gateway)
    clock.advance(seconds=LONGEST.total_seconds() - 1)
    assert (await look(browser, address)).status_code == 200
    clock.advance(seconds=1)
    await browser.open(address)
    assert browser.outcome() == "already_connected"
    assert "That attempt is over" in browser.text


@pytest.mark.requirement("A7", "A8")
async def test_nobody_else_learns_how_a_flow_ends(gateway: Harness, provider: Hanging) -> None:
    browser, address = await back_from_google(gateway)
    connector = address.replace("/google/", "/notion/")
    unknown = waiting_path("google", "0" * 64)
    for ended in (False, True):
        bob, stranger = await gateway.browser("bob"), await gateway.browser()
        assert (await look(bob, address)).status_code == 400
        assert (await look(browser, connector)).status_code == 400
        assert (await look(browser, unknown)).status_code == 400
        assert (await look(stranger, address)).headers["location"] == "/login"
        for headers in ({"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}):
            seen = await browser.client.get(GATEWAY_URL + address, headers=headers)
            assert (seen.status_code, seen.headers.get_list("set-cookie")) == (204, [])
        elsewhere = await gateway.browser("alice")
        answer = await look(elsewhere, address)
        assert param(answer.headers["location"], "outcome") == "already_connected"
        if not ended:
            provider.answers.set()
            await gateway.services.flow_ends.close()
    await browser.open(address)
    assert browser.outcome() == "connected"


async def test_a_flow_that_no_callback_claimed_has_nothing_to_wait_for(
    gateway: Harness, rows: Rows
) -> None:
    browser = await gateway.browser("alice")
    await browser.start("google")
    page = await look(browser, waiting_path("google", (await rows.flow())["_id"]))
    assert page.status_code == 400


async def test_a_second_callback_does_not_end_the_first(
    gateway: Harness, provider: Hanging
) -> None:
    browser = await gateway.browser("alice")
    await browser.start("google")
    callback = await approved_callback(browser, ACCOUNTS["google"])
    first = (await browser.client.get(callback)).headers["location"]
    await provider.asked.wait()
    second = (await browser.client.get(callback)).headers["location"]
    assert param(second, "outcome") == "already_connected"
    provider.answers.set()
    await gateway.services.flow_ends.close()
    answer = await look(browser, first)
    assert param(answer.headers["location"], "outcome") == "connected"


async def test_a_flow_ends_once_and_only_after_its_claim(
    gateway: Harness, database: Database, clock: FakeClock
) -> None:
    browser = await gateway.browser("alice")
    await browser.start("google")
    store = FlowStore(database, gateway.services.vault)
    state = param(browser.url, "state")
    flow = await store.get(state)
    assert flow is not None
    end = FlowEnd(page="/dashboard/connectors", outcome="failed", reference="req_1")
    await store.end(flow, end)
    await store.claim(state, clock())
    claimed = await store.get(state)
    assert claimed is not None
    assert claimed.end is None
    await store.end(flow, end)
    await store.end(flow, FlowEnd(page="/dashboard/connectors", outcome="connected"))
    ended = await store.get(state)
    assert ended is not None
    assert ended.end == end
    assert await FlowStore(database, VAULT).get(state) is None
