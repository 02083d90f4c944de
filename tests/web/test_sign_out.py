"""Signing out everywhere: by the person, and by a host that has to."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from gateway.access.service_keys import Role
from gateway.services.provider import Grant, Provider
from tests.conftest import GATEWAY_URL
from tests.support.callbacks import approved_callback
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.logins import signed_in
from tests.support.problems import problem
from tests.support.rows import Rows
from tests.support.sandbox import SandboxProcess
from tests.support.tokens import connect


@pytest.mark.requirement("G1")
async def test_one_button_signs_a_person_out_of_every_browser(gateway: Harness, rows: Rows) -> None:
    """Other people stay signed in."""
    here, there = await gateway.browser("alice"), await gateway.browser("alice")
    other = await gateway.browser("bob")
    page = await here.open("/dashboard/account")
    assert page.text.count("Another browser") == 1  # one of alice, none of bob
    assert page.text.count("This browser") == 1
    await here.submit(button="Sign out everywhere")
    assert urlsplit(here.url).path == "/login"
    assert "You are signed out everywhere" in here.text
    assert [*here.client.cookies] == []
    assert not await signed_in(here)
    assert not await signed_in(there)
    assert await signed_in(other)
    assert [row["user"] for row in await rows.sessions()] == ["bob"]


@pytest.mark.requirement("G2", "G5")
@pytest.mark.parametrize("token", [None, "x", "other"])
async def test_no_other_page_and_no_other_session_can_press_it(
    gateway: Harness, token: str | None
) -> None:
    alice, bob = await gateway.browser("alice"), await gateway.browser("bob")
    await bob.open("/dashboard/connectors")
    data = {} if token is None else {"csrf_token": bob.csrf_token() if token == "other" else token}
    await alice.open("/dashboard/connectors")
    answer = await alice.client.post(
        f"{GATEWAY_URL}/logout/everywhere", data={"x": "y"} | data, headers={"Origin": GATEWAY_URL}
    )
    assert answer.status_code == 403
    answer = await alice.client.post(
        f"{GATEWAY_URL}/logout/everywhere",
        data={"csrf_token": alice.csrf_token()},
        headers={"Origin": "https://evil.example"},
    )
    assert answer.status_code == 403
    assert await signed_in(alice)


@pytest.mark.requirement("F1")
async def test_a_host_signs_a_person_out_everywhere(gateway: Harness, rows: Rows) -> None:
    """Only a person of the key's own tenant."""
    first, second = await gateway.browser("alice"), await gateway.browser("alice")
    other = await gateway.browser("bob")
    foreign = await gateway.api(Role.LOGINS, tenant="other")
    answer = await foreign.delete("/v1/sessions", params={"user": "alice"})
    assert (answer.status_code, answer.json()) == (200, {"ended": 0})
    assert await signed_in(first)
    api = await gateway.api(Role.LOGINS)
    answer = await api.delete("/v1/sessions", params={"user": "alice"})
    assert (answer.status_code, answer.json()) == (200, {"ended": 2})
    assert not await signed_in(first)
    assert not await signed_in(second)
    assert await signed_in(other)


@pytest.mark.requirement("A10", "F4")
@pytest.mark.parametrize(
    "query",
    ["", "?user=", "?user=alice&user=bob", "?user=a%00b", "?user[$ne]=x", "?user=" + "x" * 256],
)
async def test_user_to_sign_out_must_be_named_once(
    gateway: Harness, rows: Rows, query: str
) -> None:
    browser = await gateway.browser("alice")
    api = await gateway.api(Role.LOGINS)
    problem(await api.delete(f"/v1/sessions{query}"), 422, "invalid_request")
    assert await signed_in(browser)


async def test_a_hand_off_that_was_accepted_before_signs_nobody_in_afterwards(
    gateway: Harness, rows: Rows
) -> None:
    handoff = gateway.services.logins.handoff
    departure = await handoff.begin("/dashboard/connectors")
    challenge = departure.url.partition("login_challenge=")[2]
    await handoff.accept(challenge, tenant="default", user="alice")
    api = await gateway.api(Role.LOGINS)
    await api.delete("/v1/sessions", params={"user": "alice"})
    assert await rows.logins() == []


async def test_connect_flow_that_was_begun_before_is_not_finished_afterwards(
    gateway: Harness, rows: Rows, sandbox: SandboxProcess
) -> None:
    """The person signs in again in the same browser, and the provider's answer comes back."""
    browser = await gateway.browser("alice")
    await browser.start("google")
    callback = await approved_callback(browser, ACCOUNTS["google"])
    api, before = await gateway.api(Role.LOGINS), sandbox.mark()
    await api.delete("/v1/sessions", params={"user": "alice"})
    assert await rows.flows() == []
    await browser.sign_in("alice")
    assert (await browser.open(callback, site="cross-site")).status_code == 400
    assert await rows.connections() == []
    assert sandbox.token_requests("google", after=before) == []


@pytest.mark.requirement("B7")
@pytest.mark.parametrize("shared", [False, True])
async def test_connect_flow_whose_code_is_being_exchanged_links_nothing(
    gateway: Harness,
    rows: Rows,
    sandbox: SandboxProcess,
    monkeypatch: pytest.MonkeyPatch,
    shared: bool,
) -> None:
    """The sign-out comes while the provider answers. The grant that nobody has is revoked.

    Another person's connection may live on the same grant, which then stays.
    """
    if shared:
        await connect(gateway, "google", user="bob")
    browser = await gateway.browser("alice")
    await browser.start("google")
    callback = await approved_callback(browser, ACCOUNTS["google"])
    exchange = Provider.exchange

    async def exchange_slowly(provider: Provider, *given: Any, **named: Any) -> Grant:
        grant = await exchange(provider, *given, **named)
        await gateway.services.logins.sign_out_everywhere(tenant="default", user="alice")
        return grant

    before = sandbox.mark()
    monkeypatch.setattr(Provider, "exchange", exchange_slowly)
    assert (await browser.open(callback, site="cross-site")).status_code == 400
    assert [row["owner"] for row in await rows.connections()] == ["user:bob"] * shared
    assert "alice" not in [row["user"] for row in await rows.sessions()]
    revoked = sandbox.log(after=before, provider="google", endpoint="revoke")
    assert [line["outcome"] for line in revoked] == ["revoked"] * (not shared)
