"""Who is being linked to whom: attacks on a flow that one person started (security A1, A2, A4).

In each of them the provider must never see the code: the check comes before the exchange.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.support.browser import Browser
from tests.support.callbacks import approved_callback, param
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.rows import Rows
from tests.support.sandbox import SandboxProcess
from tests.support.words import words


async def assert_nothing_came_of_it(rows: Rows, sandbox: SandboxProcess, *, after: int) -> None:
    """No provider saw a token request, no account is linked, and the flow cannot be used again."""
    assert sandbox.log(after=after, endpoint="token") == []
    assert await rows.connections() == []
    for flow in await rows.flows():
        assert flow["used_at"] is not None
        assert flow["verifier"] == b""


async def assert_an_honest_flow_still_works(browser: Browser) -> None:
    """The refusal of somebody else's flow does not stand in the way of one's own."""
    assert await browser.connect("google", ACCOUNTS["google"]) == "connected"


VICTIMS = ["signed in as somebody else", "signed out", "same user in another browser"]


async def victim_browser(gateway: Harness, kind: str) -> Browser:
    """The browser of the person who is sent the attacker's link."""
    users = {"signed in as somebody else": "victim", "same user in another browser": "attacker"}
    return await gateway.browser(users.get(kind))


@pytest.mark.parametrize("kind", VICTIMS)
async def test_a_flow_cannot_be_finished_by_anybody_else(
    gateway: Harness, rows: Rows, sandbox: SandboxProcess, kind: str
) -> None:
    """A1: the attacker sends the provider's address, the victim approves there."""
    attacker = await gateway.browser("attacker")
    await attacker.start("google")
    victim = await victim_browser(gateway, kind)
    before = sandbox.mark()

    await victim.open(attacker.url, site="cross-site")
    page = await victim.approve(ACCOUNTS["google"])
    assert page.status_code == 403
    assert "Nothing was connected" in victim.text
    assert "Error 403" in victim.text
    await assert_nothing_came_of_it(rows, sandbox, after=before)

    # The state is burnt: not even the one who started the flow gets anything for that code.
    await attacker.open(victim.url, site="cross-site")
    assert attacker.outcome() == "already_connected"
    await assert_nothing_came_of_it(rows, sandbox, after=before)

    if kind == "signed out":
        await victim.sign_in("victim")
    await assert_an_honest_flow_still_works(victim)
    assert (await rows.connection())["account_label"] == "ana.diaz@example.com"


@pytest.mark.parametrize("kind", VICTIMS)
async def test_a_finished_callback_address_links_nothing_in_another_browser(
    gateway: Harness, rows: Rows, sandbox: SandboxProcess, kind: str
) -> None:
    """A4: the attacker approves with an account of their own and feeds the callback to the victim."""
    attacker = await gateway.browser("attacker")
    await attacker.start("google")
    callback = await approved_callback(attacker, ACCOUNTS["google-work"])
    victim = await victim_browser(gateway, kind)
    before = sandbox.mark()

    page = await victim.open(callback, site="cross-site")
    assert page.status_code == 403
    await assert_nothing_came_of_it(rows, sandbox, after=before)
    if kind == "signed out":
        await victim.sign_in("victim")
    await assert_an_honest_flow_still_works(victim)


async def test_a_victim_with_a_flow_of_their_own_is_safe_too(
    gateway: Harness, rows: Rows, sandbox: SandboxProcess
) -> None:
    """A4: a waiting flow cookie of the victim must not stand in for that of the attacker's flow."""
    attacker, victim = await gateway.browser("attacker"), await gateway.browser("victim")
    await attacker.start("google")
    callback = await approved_callback(attacker, ACCOUNTS["google-work"])
    await victim.start("google")
    own_page, before = victim.page, sandbox.mark()

    assert (await victim.open(callback, site="cross-site")).status_code == 403
    assert sandbox.token_requests("google", after=before) == []
    victim.page = own_page
    await victim.approve(ACCOUNTS["google"])
    assert victim.outcome() == "connected"
    row = await rows.connection()
    assert (row["owner"], row["account_label"]) == ("user:victim", "ana.diaz@example.com")


async def test_the_flow_cookie_alone_is_not_enough(
    gateway: Harness, rows: Rows, sandbox: SandboxProcess
) -> None:
    """A1: the browser is right, but somebody else is signed in by now."""
    browser = await gateway.browser("attacker")
    await browser.start("google")
    callback = await approved_callback(browser, ACCOUNTS["google"])
    await browser.open("/dashboard/connectors")
    await browser.submit(action="/logout")
    await browser.sign_in("victim")
    before = sandbox.mark()
    assert (await browser.open(callback, site="cross-site")).status_code == 403
    await assert_nothing_came_of_it(rows, sandbox, after=before)
    await assert_an_honest_flow_still_works(browser)


async def test_the_cookie_of_another_flow_of_the_same_user_does_not_finish_a_flow(
    gateway: Harness, rows: Rows, sandbox: SandboxProcess
) -> None:
    """A1: the cookie's value is compared, not only its presence."""
    browser = await gateway.browser("alice")
    await browser.start("google")
    callback = await approved_callback(browser, ACCOUNTS["google"])
    (name,) = [name for name in browser.client.cookies if name.startswith("gateway_flow_")]
    browser.client.cookies.delete(name)
    browser.client.cookies.set(name, "A" * 43, domain="localhost.local", path="/")
    before = sandbox.mark()
    assert (await browser.open(callback, site="cross-site")).status_code == 403
    assert f"{name}={'A' * 43}" in browser.page.request.headers["cookie"]
    await assert_nothing_came_of_it(rows, sandbox, after=before)


@pytest.mark.parametrize("query", ["", "?tool=helper", "?reconnect=con_000000000000000000000000"])
async def test_a_connect_url_carries_no_right_to_start(
    gateway: Harness, rows: Rows, query: str
) -> None:
    """A2: a link that a bot hands out asks who is there before anything begins."""
    api = await gateway.api()
    listed = (await api.get("/v1/connectors/available")).json()["connectors"]
    (link,) = [entry["connect_url"] for entry in listed if entry["name"] == "google"]
    fresh = await gateway.browser()
    await fresh.open(link + query, site="cross-site")
    assert urlsplit(fresh.url).path == "/login"
    assert len(fresh.client.cookies) == 0
    assert await rows.flows() == []
    # Nor does it in a browser where somebody is signed in: the page waits for a click.
    signed_in = await gateway.browser("victim")
    await signed_in.open(link, site="cross-site")
    assert "You are signed in as victim." in words(signed_in)
    assert await rows.flows() == []
    assert list(signed_in.client.cookies) == ["gateway_session"]


@pytest.mark.parametrize(("of", "at"), [("google", "notion"), ("notion", "google")])
async def test_a_state_opens_no_other_connectors_callback(
    gateway: Harness, rows: Rows, sandbox: SandboxProcess, of: str, at: str
) -> None:
    """B2: the connector in the path must be the one of the state."""
    browser = await gateway.browser("alice")
    await browser.start(of)
    callback = await approved_callback(browser, ACCOUNTS[of])
    before = sandbox.mark()
    page = await browser.open(callback.replace(f"/{of}/callback", f"/{at}/callback"))
    assert page.status_code == 400
    assert "was started for another connector" in browser.text
    await assert_nothing_came_of_it(rows, sandbox, after=before)
    # Burnt: the right path gets nothing for it either.
    await browser.open(callback)
    assert browser.outcome() == "already_connected"
    await assert_nothing_came_of_it(rows, sandbox, after=before)
    await assert_an_honest_flow_still_works(browser)


@pytest.mark.parametrize(("evil", "honest"), [("google", "notion"), ("notion", "google")])
async def test_a_hostile_provider_gets_no_code_of_an_honest_one(
    gateway: Harness, rows: Rows, sandbox: SandboxProcess, evil: str, honest: str
) -> None:
    """B1: the hostile authorization server sends the browser on, with its own flow's state."""
    browser = await gateway.browser("victim")
    await browser.start(honest)
    honest_url = browser.page.url
    await browser.open("/dashboard/connectors")
    await browser.start(evil)
    before = sandbox.mark()

    redirected = honest_url.copy_set_param("state", param(browser.url, "state"))
    await browser.open(str(redirected), site="cross-site")
    page = await browser.approve(ACCOUNTS[honest])
    assert urlsplit(browser.url).path == f"/v1/connectors/{honest}/callback"
    assert page.status_code == 400
    assert sandbox.log(after=before, endpoint="token") == []
    assert await rows.connections() == []
    (burnt,) = [flow for flow in await rows.flows() if flow["connector"] == evil]
    assert burnt["used_at"] is not None


async def test_the_other_name_of_a_connector_is_no_other_callback(
    gateway: Harness, rows: Rows, sandbox: SandboxProcess
) -> None:
    """B2: there is one redirect URI per connector, by its name and not by its alias."""
    browser = await gateway.browser("alice")
    await browser.start("google")
    callback = await approved_callback(browser, ACCOUNTS["google"])
    before = sandbox.mark()
    page = await browser.open(callback.replace("/google/", "/google-workspace/"))
    assert page.status_code == 400
    await assert_nothing_came_of_it(rows, sandbox, after=before)
