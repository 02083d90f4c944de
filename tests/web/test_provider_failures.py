"""A provider that fails while somebody connects: told plainly, stored nowhere, over at once."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

import anyio
import pytest

from connectors.secret import Secret
from gateway.sandbox.faults import FAULTS
from gateway.wiring.knobs import Knobs
from tests.conftest import GATEWAY_URL
from tests.support.callbacks import approved_callback, param, with_params
from tests.support.gateway import ACCOUNTS, Harness, running_gateway
from tests.support.rows import Rows
from tests.support.sandbox import SandboxProcess

ANSWERS = ("html", "error_in_200", "status_500", "rate_limited", "redirect", "not_json", "huge")
SILENT = ("hang", "lost_answer")
"""Nothing is answered; with the second, the code was exchanged."""
PROVIDERS_WORDS = (
    "We will be right back",
    "in a 200",
    "invalid_grant",
    "server_error",
    "slow_down",
    "elsewhere.example",
    "xxxxxxxxxx",
    "access_token",
)


def test_every_fault_of_the_sandbox_is_tried() -> None:
    assert {*ANSWERS, *SILENT} == {*FAULTS}


@pytest.mark.requirement("C1", "C2", "C3", "H6")
@pytest.mark.parametrize("fault", ANSWERS)
async def test_a_failed_exchange_is_told_and_leaves_nothing_behind(
    gateway: Harness, rows: Rows, sandbox: SandboxProcess, fault: str
) -> None:
    """Every failure of the token endpoint is told in the same words."""
    browser = await gateway.browser("alice")
    sandbox.fail("google", fault)
    before = sandbox.mark()
    assert await browser.connect("google", ACCOUNTS["google"]) == "failed"
    assert urlsplit(browser.url).path == "/dashboard/connectors"
    assert "Google could not be connected" in browser.text
    assert "Nothing was stored." in browser.text
    reference = browser.history[-2].headers["x-request-id"]
    assert reference in browser.text
    for page in browser.history:
        if str(page.url).startswith(GATEWAY_URL):
            shown = page.text + str(page.headers)
            for word in PROVIDERS_WORDS:
                assert word not in shown
    assert await rows.connections() == []
    assert (await rows.flow())["verifier"] == b""
    # A code is sent once: whether the provider used it up is not known (rule 1, A7).
    assert len(sandbox.token_requests("google", after=before)) == 1

    assert await browser.connect("google", ACCOUNTS["google"]) == "connected"
    assert "Google is connected" in browser.text


async def test_a_failed_reconnect_keeps_the_connection(
    gateway: Harness, rows: Rows, sandbox: SandboxProcess
) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    before = await rows.connection()
    sandbox.fail("google", "status_500")
    query = f"?reconnect={before['_id']}"
    assert await browser.connect("google", ACCOUNTS["google"], query) == "failed"
    assert await rows.connection() == before
    assert (await gateway.token("google", "alice")).status_code == 200


@pytest.mark.requirement("C1")
@pytest.mark.parametrize("fault", SILENT)
async def test_a_provider_that_hangs_costs_seconds_and_hinders_nobody(
    mongodb_url: str, database_name: str, sandbox: SandboxProcess, rows: Rows, fault: str
) -> None:
    """The deadline is for the whole answer; meanwhile the others are served."""
    async with running_gateway(
        mongodb_url,
        database_name,
        sandbox=sandbox.url,
        public_url=GATEWAY_URL,
        knobs=Knobs(provider_seconds=5.0),
    ) as gateway:
        alice, bob = await gateway.browser("alice"), await gateway.browser("bob")
        sandbox.fail("google", fault)
        await alice.start("google")
        ended: list[str] = []

        async def connect_google() -> None:
            await alice.approve(ACCOUNTS["google"])
            ended.append("alice")

        with anyio.fail_after(30):  # the sandbox hangs for a minute
            async with anyio.create_task_group() as group:
                group.start_soon(connect_google)
                assert await bob.connect("notion", ACCOUNTS["notion"]) == "connected"
                assert (await gateway.token("notion", "bob")).status_code == 200
                assert ended == []
        assert alice.outcome() == "failed"
        assert [row["connector"] for row in await rows.connections()] == ["notion"]
        assert await alice.connect("google", ACCOUNTS["google"]) == "connected"


@pytest.mark.requirement("A4")
async def test_a_code_that_the_provider_does_not_know_connects_nothing(
    gateway: Harness, rows: Rows, sandbox: SandboxProcess
) -> None:
    """A code of somebody else's making; PKCE and the provider say no."""
    browser = await gateway.browser("alice")
    await browser.start("google")
    callback = await approved_callback(browser, ACCOUNTS["google"])
    before = sandbox.mark()
    await browser.open(with_params(callback, code="code-of-somebody-else"))
    assert browser.outcome() == "failed"
    (request,) = sandbox.token_requests("google", after=before)
    assert request["outcome"] == "invalid_grant"
    assert await rows.connections() == []


@pytest.mark.requirement("A12")
async def test_a_code_injected_from_another_flow_is_worth_nothing(
    gateway: Harness, rows: Rows, sandbox: SandboxProcess
) -> None:
    """A stolen code does not fit the verifier of the thief's flow (RFC 9700 4.5)."""
    victim, thief = await gateway.browser("victim"), await gateway.browser("thief")
    await victim.start("google")
    stolen = param(await approved_callback(victim, ACCOUNTS["google"]), "code")
    await thief.start("google")
    own = await approved_callback(thief, ACCOUNTS["google-work"])
    before = sandbox.mark()
    await thief.open(with_params(own, code=stolen))
    assert thief.outcome() == "failed"
    (request,) = sandbox.token_requests("google", after=before)
    assert request["outcome"] == "invalid_grant"
    assert await rows.connections() == []


@pytest.mark.requirement("D6")
async def test_a_wrong_client_secret_is_the_operators_to_mend(
    gateway: Harness, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is nothing a person could do differently, and the notice says so."""
    catalog = gateway.services.catalog
    wrong = replace(catalog.oauth("google"), client_secret=Secret("a-secret-of-yesterday"))
    monkeypatch.setitem(catalog._loaded, "google", wrong)
    browser = await gateway.browser("alice")
    assert await browser.connect("google", ACCOUNTS["google"]) == "misconfigured"
    assert "Google does not accept this gateway" in browser.text
    assert "a-secret-of-yesterday" not in browser.text
    assert await rows.connections() == []
