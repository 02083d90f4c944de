"""The state of a flow: random, used once, for ten minutes (security A5, A7, A8, A10, B6)."""

from __future__ import annotations

import base64
import re
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpx
import pytest

from gateway.encryption.vault import new_encryption_key
from gateway.engine.authorize import new_state
from tests.conftest import GATEWAY_URL
from tests.support.browser import Browser
from tests.support.callbacks import approved_callback, param, with_params
from tests.support.gateway import ACCOUNTS, FakeClock, Harness, running_gateway
from tests.support.rows import Rows
from tests.support.sandbox import SandboxProcess


async def waiting_callback(browser: Browser) -> str:
    """A Google flow of this browser that waits for its callback."""
    await browser.start("google")
    return await approved_callback(browser, ACCOUNTS["google"])


@pytest.mark.requirement("A5")
async def test_ten_thousand_states_are_random_and_say_nothing() -> None:
    """256 bits, opaque, no two alike, and every bit as often set as not."""
    states = [new_state() for _ in range(10_000)]
    assert len(set(states)) == len(states)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", state) for state in states)
    decoded = [base64.urlsafe_b64decode(state + "=") for state in states]
    assert {len(value) for value in decoded} == {32}
    ones = Counter(
        bit for value in decoded for bit in range(256) if value[bit // 8] >> (bit % 8) & 1
    )
    assert len(ones) == 256
    assert all(4_600 < count < 5_400 for count in ones.values())  # eight standard deviations


@pytest.mark.requirement("A5")
async def test_a_state_in_the_address_names_nobody(gateway: Harness) -> None:
    """Nothing about the user or the tenant is in the provider's address."""
    browser = await gateway.browser("somebody-with-a-name")
    await browser.start("google")
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", param(browser.url, "state"))
    assert "somebody" not in browser.url
    assert "default" not in browser.url


@pytest.mark.requirement("A7")
async def test_fifty_simultaneous_callbacks_exchange_the_code_once(
    mongodb_url: str, database_name: str, sandbox: SandboxProcess, rows: Rows
) -> None:
    """On two gateways that share nothing but the database."""
    keys = f"k1:{new_encryption_key()}"
    shared: dict[str, Any] = {"sandbox": sandbox.url, "public_url": GATEWAY_URL}
    async with (
        running_gateway(mongodb_url, database_name, encryption_keys=keys, **shared) as one,
        running_gateway(mongodb_url, database_name, encryption_keys=keys, **shared) as other,
    ):
        browser = await one.browser("alice")
        callback = await waiting_callback(browser)
        before = sandbox.mark()
        answers: list[httpx.Response] = []

        async def arrive(harness: Harness) -> None:
            async with httpx.AsyncClient(
                transport=harness.transport, cookies=browser.client.cookies, trust_env=False
            ) as client:
                answers.append(await client.get(callback))

        with anyio.fail_after(30):
            async with anyio.create_task_group() as group:
                for number in range(50):
                    group.start_soon(arrive, (one, other)[number % 2])

        outcomes = Counter(
            (answer.status_code, param(answer.headers["location"], "outcome")) for answer in answers
        )
        assert outcomes == {(303, "connected"): 1, (303, "already_connected"): 49}
        assert len(sandbox.token_requests("google", after=before)) == 1
        assert (await rows.connection())["generation"] == 1
        assert (await one.token("google", "alice")).status_code == 200


@pytest.mark.requirement("A8")
async def test_opening_the_callback_again_shows_what_is_connected(
    gateway: Harness, rows: Rows, sandbox: SandboxProcess
) -> None:
    """Reload and the back button."""
    browser = await gateway.browser("alice")
    before = sandbox.mark()
    callback = await waiting_callback(browser)
    await browser.open(callback)
    assert browser.outcome() == "connected"
    for _ in range(2):
        await browser.open(callback)
        assert urlsplit(browser.url).path == "/dashboard/connectors"
        assert browser.outcome() == "already_connected"
        assert "That attempt is over" in browser.text
    assert len(sandbox.token_requests("google", after=before)) == 1
    assert (await rows.connection())["generation"] == 1


@pytest.mark.requirement("A8")
@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("HEAD", {}),
        ("GET", {"Sec-Purpose": "prefetch"}),
        ("GET", {"Sec-Purpose": "prefetch;prerender"}),
        ("GET", {"Sec-Purpose": "prefetch;anonymous-client-ip"}),
        ("GET", {"Purpose": "prefetch"}),
        ("GET", {"X-Moz": "prefetch"}),
    ],
)
async def test_a_preview_does_not_use_the_flow_up(
    gateway: Harness, rows: Rows, sandbox: SandboxProcess, method: str, headers: dict[str, str]
) -> None:
    """The person who arrives afterwards finds the state still there."""
    browser = await gateway.browser("alice")
    callback = await waiting_callback(browser)
    before = sandbox.mark()
    answer = await browser.client.request(method, callback, headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await rows.flow())["used_at"] is None
    assert sandbox.token_requests("google", after=before) == []
    await browser.open(callback)
    assert browser.outcome() == "connected"


@pytest.mark.requirement("K1")
async def test_an_expired_flow_is_refused_before_the_provider_is_asked(
    gateway: Harness, rows: Rows, sandbox: SandboxProcess, clock: FakeClock
) -> None:
    """The row is still there, its time is judged by the code."""
    browser = await gateway.browser("alice")
    callback = await waiting_callback(browser)
    before = sandbox.mark()
    clock.advance(minutes=10)
    await browser.open(callback)
    assert browser.outcome() == "expired"
    assert "That took too long" in browser.text
    assert sandbox.token_requests("google", after=before) == []
    assert await rows.connections() == []
    assert (await rows.flow())["used_at"] is None


async def test_a_flow_is_good_until_just_before_its_end(gateway: Harness, clock: FakeClock) -> None:
    browser = await gateway.browser("alice")
    callback = await waiting_callback(browser)
    clock.advance(minutes=9, seconds=50)
    await browser.open(callback)
    assert browser.outcome() == "connected"


@pytest.mark.parametrize("used", [False, True], ids=["expired", "finished"])
async def test_strangers_do_not_learn_the_outcome_of_a_flow(
    gateway: Harness, clock: FakeClock, used: bool
) -> None:
    """Finished, expired and unknown look the same to everybody but the flow's user."""
    alice, bob = await gateway.browser("alice"), await gateway.browser("bob")
    callback = await waiting_callback(alice)
    if used:
        await alice.open(callback)
    else:
        clock.advance(minutes=11)
    known = await bob.open(callback)
    unknown = await bob.open(with_params(callback, state="A" * 43))
    assert (known.status_code, unknown.status_code) == (400, 400)
    assert _without_id(known) == _without_id(unknown)


async def test_an_unknown_state_is_refused(gateway: Harness, sandbox: SandboxProcess) -> None:
    browser, before = await gateway.browser("alice"), sandbox.mark()
    for state in ("A" * 43, "no-such-state", "A" * 6000, "%00", "\x00", "é", '{"user":"alice"}'):
        page = await browser.client.get(
            f"{GATEWAY_URL}/v1/connectors/google/callback", params={"state": state, "code": "c"}
        )
        assert page.status_code == 400, state
        assert "Nothing was connected" in page.text
        assert state not in page.text
    assert sandbox.token_requests("google", after=before) == []


POLLUTED = [
    "state={state}&state={state}&code={code}",
    "state=other&state={state}&code={code}",
    "state={state}&code={code}&code={code}",
    "state={state}&code=stolen&code={code}",
    "state={state}&code={code}&error=access_denied",
    "state={state}&error=a&error=b",
    "state={state}&code={code}&iss=https%3A%2F%2Fa.example&iss=https%3A%2F%2Fb.example",
    "state={state}&code={code}&scope=a&scope=b",
    "state={state}&code={code}&sta%74e={state}",
    "state={state}&code={code}&CODE=x&CODE=y",
    "state={state}",
    "code={code}",
    "state=&code={code}",
    "state={state}&code=",
    "state={state}&code={code}&error=",
    "",
    "state={state}&code={code}&x=%ff",
    "state={state}&code={code}&" + "&".join(f"p{n}=1" for n in range(50)),
    "state={state}&code={code}&access_token=at-in-the-address",
    "state={state}&code={code}&id_token=at-in-the-address",
    "state={state}&refresh_token=at-in-the-address",
    "state={state}&access_token=at-in-the-address&token_type=bearer",
]


@pytest.mark.requirement("A10", "B6")
async def test_an_ambiguous_callback_is_refused_and_disturbs_nothing(
    gateway: Harness,
    rows: Rows,
    sandbox: SandboxProcess,
    capsys: pytest.CaptureFixture[str],
    subtests: pytest.Subtests,
) -> None:
    """Repeated parameters, a code beside an error, tokens in the address."""
    browser = await gateway.browser("alice")
    callback = await waiting_callback(browser)
    state, code = param(callback, "state"), param(callback, "code")
    before = sandbox.mark()
    for query in POLLUTED:
        with subtests.test(query[:80]):
            address = f"{callback.partition('?')[0]}?{query.format(state=state, code=code)}"
            page = await browser.client.get(address)
            assert page.status_code == 400
            said = page.text + capsys.readouterr().out
            for secret in ("at-in-the-address", state, code):
                assert secret not in said
    assert sandbox.token_requests("google", after=before) == []
    assert (await rows.flow())["used_at"] is None
    await browser.open(callback)
    assert browser.outcome() == "connected"


def _without_id(page: httpx.Response) -> str:
    return re.sub(r"req_[0-9a-f]{16}", "", page.text)
