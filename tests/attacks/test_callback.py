"""Attacks on the callback: its user, browser, number of uses, age and parameters."""

from __future__ import annotations

import secrets
from collections import Counter

import anyio
import httpx
import pytest

from gateway.access.sessions import Sessions
from gateway.clock import utc_now
from gateway.settings.environment import Driver
from gateway.store.mongo import open_database
from gateway.store.sessions import SessionStore
from tests.attacks.arena import DATABASE, Arena
from tests.attacks.conftest import Browsers
from tests.support.browser import Browser
from tests.support.callbacks import approved_callback, param, with_params
from tests.support.gateway import ACCOUNTS
from tests.support.loopback import loopback_client
from tests.support.sealing import vault_of
from tests.support.silent import NO_AUDIT


async def waiting(browser: Browser, user: str, account: str = "google") -> str:
    """Sign in, and start a Google flow without opening its callback."""
    await browser.sign_in(user)
    await browser.start("google")
    return await approved_callback(browser, ACCOUNTS[account])


async def assert_an_honest_flow_still_works(arena: Arena, browser: Browser, user: str) -> None:
    """Check that the refusal does not affect the user's next attempt."""
    assert await browser.connect("notion", ACCOUNTS["notion"]) == "connected"
    assert [row["connector"] for row in arena.connections(user)] == ["notion"]


def flow_cookies(browser: Browser) -> dict[str, str]:
    """Return the flow cookies of a browser."""
    return {
        cookie.name: cookie.value or ""
        for cookie in browser.client.cookies.jar
        if cookie.name.startswith("gateway_flow_")
    }


@pytest.mark.requirement("A1")
async def test_another_signed_in_user_does_not_finish_the_flow(
    arena: Arena, browsers: Browsers
) -> None:
    """The browser has the flow's cookie, but the session of another user."""
    first, second, browser = arena.person("first"), arena.person("second"), browsers()
    callback = await waiting(browser, first)
    await browser.open("/dashboard/connectors")
    await browser.submit(action="/logout")
    await browser.sign_in(second)
    before = arena.before()
    assert (await browser.open(callback, site="cross-site")).status_code == 403
    arena.assert_nothing_came_of_it(before)
    arena.assert_burnt(first)
    await assert_an_honest_flow_still_works(arena, browser, second)


@pytest.mark.requirement("A1")
async def test_the_same_name_in_another_tenant_is_another_user(
    arena: Arena, browsers: Browsers
) -> None:
    """The flow belongs to one tenant's user; another tenant may have the same name."""
    user, browser = arena.person("alice"), browsers()
    callback = await waiting(browser, user)
    async with open_database(arena.database_url, DATABASE, Driver.MOTOR) as database:
        sessions = Sessions(
            SessionStore(database, vault_of(arena.deployment.env)), utc_now, NO_AUDIT
        )
        cookie = await sessions.begin(tenant="other", user=user)
    browser.client.cookies.delete("gateway_session")
    browser.client.cookies.set(
        "gateway_session", cookie.reveal(), domain="localhost.local", path="/"
    )
    before = arena.before()
    assert (await browser.open(callback, site="cross-site")).status_code == 403
    arena.assert_nothing_came_of_it(before)
    arena.assert_burnt(user)
    assert await browser.connect("notion", ACCOUNTS["notion"]) == "connected"
    assert [row["tenant"] for row in arena.connections(user)] == ["other"]


@pytest.mark.requirement("A1")
async def test_nobody_connects_for_the_organisation_after_losing_that_right(
    arena: Arena, browsers: Browsers
) -> None:
    """An administrator's flow, finished by the same person after a sign-in without the right."""
    user, browser = arena.person("alice"), browsers()
    async with open_database(arena.database_url, DATABASE, Driver.MOTOR) as database:
        vault = vault_of(arena.deployment.env)
        sessions = Sessions(SessionStore(database, vault), utc_now, NO_AUDIT)
        cookies = [
            await sessions.begin(tenant="default", user=user, admin=admin)
            for admin in (True, False)
        ]
    before = arena.before()
    for cookie, query in zip(cookies, ("?owner=org", ""), strict=True):
        browser.client.cookies.delete("gateway_session")
        browser.client.cookies.set(
            "gateway_session", cookie.reveal(), domain="localhost.local", path="/"
        )
        if query:
            await browser.start("notion", query)
    assert (await browser.approve(ACCOUNTS["notion"])).status_code == 403
    assert arena.before().connections == before.connections
    arena.assert_burnt(user)
    assert await browser.connect("notion", ACCOUNTS["notion"]) == "connected"
    assert [row["owner"] for row in arena.connections(user)] == [f"user:{user}"]


@pytest.mark.requirement("A1", "A11")
@pytest.mark.parametrize("forged", ["none", "made up", "its stored hash", "of another flow"])
async def test_a_user_without_the_flows_cookie_does_not_finish_it(
    arena: Arena, browsers: Browsers, forged: str
) -> None:
    """The right user comes in a browser that did not start the flow, with any cookie."""
    user, browser = arena.person("alice"), browsers()
    callback = await waiting(browser, user)
    (flow,) = arena.flows(user)
    (name,) = flow_cookies(browser)
    other = browsers()
    await other.sign_in(user)
    await other.start("notion")
    value = {
        "none": None,
        "made up": secrets.token_urlsafe(32),
        "its stored hash": flow["cookie_hash"],
        "of another flow": next(iter(flow_cookies(other).values())),
    }[forged]
    if value is not None:
        other.client.cookies.set(name, value, domain="localhost.local", path="/")
    before = arena.before()

    page = await other.open(callback, site="cross-site")
    assert page.status_code == 403
    assert (f"{name}={value}" in page.request.headers["cookie"]) is (value is not None)
    arena.assert_nothing_came_of_it(before)
    await assert_an_honest_flow_still_works(arena, other, user)


@pytest.mark.requirement("A4")
async def test_a_waiting_flow_of_the_victims_own_is_no_help_to_the_attacker(
    arena: Arena, browsers: Browsers
) -> None:
    """The cookie of the victim's flow does not work for the attacker's flow."""
    attacker, victim = arena.person("attacker"), arena.person("victim")
    theirs, mine = browsers(), browsers()
    fed = await waiting(theirs, attacker, "google-work")
    own = await waiting(mine, victim)
    before = arena.before()
    assert (await mine.open(fed, site="cross-site")).status_code == 403
    arena.assert_nothing_came_of_it(before)
    await mine.open(own, site="cross-site")
    assert mine.outcome() == "connected"
    assert [row["account_label"] for row in arena.connections(victim)] == ["ana.diaz@example.com"]
    assert arena.connections(attacker) == []


@pytest.mark.requirement("A5", "A11")
async def test_the_reader_of_a_flows_row_cannot_finish_it(arena: Arena, browsers: Browsers) -> None:
    """No field of the row works as a state."""
    user, browser = arena.person("alice"), browsers()
    callback = await waiting(browser, user)
    (flow,) = arena.flows(user)
    assert param(callback, "state") not in repr(flow)
    assert user not in callback
    before = arena.before()
    for stolen in (flow["_id"], flow["cookie_hash"], flow["verifier"].hex()):
        page = await browser.open(with_params(callback, state=stolen), site="cross-site")
        assert page.status_code == 400
    arena.assert_nothing_came_of_it(before)
    await browser.open(callback, site="cross-site")
    assert browser.outcome() == "connected"


@pytest.mark.requirement("A7")
async def test_fifty_callbacks_at_once_in_two_processes_exchange_one_code(
    arena: Arena, browsers: Browsers
) -> None:
    """There are one token request, one row, and 49 harmless responses."""
    user, browser = arena.person("alice"), browsers()
    callback = await waiting(browser, user)
    before, answers = arena.sandbox.mark(), list[httpx.Response]()
    host = arena.url.removeprefix("http://")

    async def arrive(number: int) -> None:
        gateways = arena.deployment.gateways
        url = callback.replace(arena.url, gateways[number % len(gateways)].url)
        async with loopback_client(
            cookies=browser.client.cookies, headers={"Host": host}
        ) as client:
            answers.append(await client.get(url))

    with anyio.fail_after(60):
        async with anyio.create_task_group() as group:
            for number in range(50):
                group.start_soon(arrive, number)

    assert Counter(
        (answer.status_code, param(answer.headers.get("location", "?outcome=none"), "outcome"))
        for answer in answers
    ) == {(303, "connected"): 1, (303, "already_connected"): 49}
    assert len(arena.sandbox.token_requests("google", after=before)) == 1
    (row,) = arena.connections(user)
    assert row["generation"] == 1


@pytest.mark.requirement("A7")
async def test_a_late_callback_is_refused(arena: Arena, browsers: Browsers) -> None:
    """The flow expires after ten minutes, although its row still exists."""
    user, browser = arena.person("alice"), browsers()
    callback = await waiting(browser, user)
    arena.expire_flows(user)
    before = arena.before()
    await browser.open(callback, site="cross-site")
    assert browser.outcome() == "expired"
    arena.assert_nothing_came_of_it(before)
    await assert_an_honest_flow_still_works(arena, browser, user)


REPEATED = {
    "state": [("state", "another")],
    "code": [("code", "another")],
    "code and error": [("error", "access_denied")],
    "error": [("error", "access_denied"), ("error", "server_error")],
    "iss": [("iss", "https://one.example"), ("iss", "https://other.example")],
}

TOKENS = {
    "access token": [("access_token", "token-in-the-address"), ("token_type", "bearer")],
    "id token": [("id_token", "token-in-the-address")],
    "refresh token": [("refresh_token", "token-in-the-address")],
}


@pytest.mark.requirement("A10", "B6")
@pytest.mark.parametrize("kind", [*REPEATED, *TOKENS])
async def test_added_parameters_of_a_hostile_provider_are_refused(
    arena: Arena, browsers: Browsers, kind: str
) -> None:
    """Repeated parameters and tokens in the address do not appear in a page or a log."""
    user, browser = arena.person("victim"), browsers()
    await browser.sign_in(user)
    arena.hostile.answer(add=(REPEATED | TOKENS)[kind])
    before = arena.before()
    page = await browser.start("evil")
    assert page.status_code == 400
    assert page.url.path == "/v1/connectors/evil/callback"
    secret = ["token-in-the-address", *page.url.params.get_list("code")]
    assert [text for text in secret if text in page.text + arena.printed()] == []
    (flow,) = arena.flows(user)
    assert flow["used_at"] is None
    arena.assert_nothing_came_of_it(before)

    arena.hostile.answer()
    await browser.start("evil")
    assert browser.outcome() == "connected"


@pytest.mark.requirement("A12")
async def test_a_stolen_code_does_not_fit_the_thiefs_flow(arena: Arena, browsers: Browsers) -> None:
    """Each flow has its own verifier, which the provider checks (RFC 9700 4.5)."""
    victim, thief = arena.person("victim"), arena.person("thief")
    mine, theirs = browsers(), browsers()
    stolen = param(await waiting(mine, victim), "code")
    own = await waiting(theirs, thief, "google-work")
    before = arena.before()
    await theirs.open(with_params(own, code=stolen), site="cross-site")
    assert theirs.outcome() == "failed"
    (request,) = arena.sandbox.token_requests("google", after=before.sandbox)
    assert request["outcome"] == "invalid_grant"
    assert arena.rows("connections") == before.connections
    await assert_an_honest_flow_still_works(arena, theirs, thief)


FORWARDED = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "Forwarded": "host=evil.example;proto=https",
    "X-Original-URL": "/v1/connectors/evil/callback",
}


@pytest.mark.requirement("A13")
async def test_no_header_changes_where_a_provider_sends_the_browser(
    arena: Arena, browsers: Browsers
) -> None:
    """The headers are a proxy's and a foreign Host."""
    user, browser = arena.person("alice"), browsers()
    await browser.sign_in(user)
    browser.client.headers.update(FORWARDED)
    await browser.start("google")
    assert param(browser.url, "redirect_uri") == arena.callback("google")
    callback = await approved_callback(browser, ACCOUNTS["google"])
    before = arena.before()
    answer = await browser.client.get(callback, headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil" not in answer.text
    arena.assert_nothing_came_of_it(before)
    await browser.open(callback, site="cross-site")
    assert browser.outcome() == "connected"
    assert [flow["redirect_uri"] for flow in arena.flows(user)] == [arena.callback("google")]
