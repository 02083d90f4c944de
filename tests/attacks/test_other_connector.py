"""A state at another connector's callback is refused and used up."""

from __future__ import annotations

import pytest

from tests.attacks.arena import Arena
from tests.attacks.conftest import Browsers
from tests.support.callbacks import approved_callback, param, with_params
from tests.support.gateway import ACCOUNTS


@pytest.mark.requirement("B2")
@pytest.mark.parametrize(
    ("of", "at"), [("google", "notion"), ("notion", "google"), ("google", "google-workspace")]
)
async def test_a_state_is_good_for_the_callback_of_its_connector_only(
    arena: Arena, browsers: Browsers, of: str, at: str
) -> None:
    """This includes honest connectors and a connector's alias."""
    user, browser = arena.person("alice"), browsers()
    await browser.sign_in(user)
    await browser.start(of)
    callback = await approved_callback(browser, ACCOUNTS[of])
    swapped = callback.replace(f"/{of}/callback", f"/{at}/callback")
    before = arena.before()

    page = await browser.open(swapped, site="cross-site")
    assert page.status_code == 400
    assert "was started for another connector" in browser.text
    arena.assert_nothing_came_of_it(before)
    arena.assert_burnt(user)
    await browser.open(callback, site="cross-site")
    assert browser.outcome() == "already_connected"
    arena.assert_nothing_came_of_it(before)
    assert await browser.connect("notion", ACCOUNTS["notion"]) == "connected"


@pytest.mark.requirement("B1")
@pytest.mark.parametrize("honest", ["google", "notion"])
async def test_a_hostile_provider_learns_no_code_of_an_honest_one(
    arena: Arena, browsers: Browsers, honest: str
) -> None:
    """The victim's authorization request at the honest provider is genuine."""
    user, browser = arena.person("victim"), browsers()
    await browser.sign_in(user)
    await browser.start(honest)
    arena.hostile.answer(to=browser.url)
    before = arena.before()
    await browser.start("evil")
    (request,) = arena.hostile.requests("authorize", after=before.hostile)
    assert param(browser.url, "state") == request["state"]
    assert (await browser.approve(ACCOUNTS[honest])).status_code == 400
    assert browser.page.url.path == f"/v1/connectors/{honest}/callback"
    arena.assert_nothing_came_of_it(before)
    assert [flow["used_at"] is None for flow in arena.flows(user)] == [True, False]

    arena.hostile.answer()
    assert await browser.connect(honest, ACCOUNTS[honest]) == "connected"


@pytest.mark.requirement("B2")
async def test_a_hostile_provider_cannot_return_another_flows_state(
    arena: Arena, browsers: Browsers
) -> None:
    """The state belongs to an honest flow that waits in the same browser."""
    user, browser = arena.person("victim"), browsers()
    await browser.sign_in(user)
    await browser.start("google")
    arena.hostile.answer(change={"state": param(browser.url, "state")})
    before = arena.before()
    assert (await browser.start("evil")).status_code == 400
    arena.assert_nothing_came_of_it(before)
    arena.hostile.answer()
    await browser.start("evil")
    assert browser.outcome() == "connected"


@pytest.mark.requirement("B2")
async def test_a_hostile_providers_code_is_worth_nothing_at_an_honest_callback(
    arena: Arena, browsers: Browsers
) -> None:
    """The code comes to the honest callback with the hostile flow's state."""
    user, browser = arena.person("victim"), browsers()
    await browser.sign_in(user)
    await browser.open("/connectors/evil")
    started = await browser.client.post(
        f"{arena.url}/v1/connectors/evil/start",
        json={},
        headers={"Origin": arena.url, "X-CSRF-Token": browser.csrf_token()},
    )
    state = param(started.json()["authorization_url"], "state")
    before = arena.before()
    address = with_params(arena.callback("google"), code="the-code", state=state)
    assert (await browser.open(address, site="cross-site")).status_code == 400
    arena.assert_nothing_came_of_it(before)
    arena.assert_burnt(user)
    assert await browser.connect("google", ACCOUNTS["google"]) == "connected"
