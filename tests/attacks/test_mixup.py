"""Mix-up of two providers' responses in a real browser: COAT and CORF."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.attacks.arena import Arena
from tests.attacks.conftest import Profiles
from tests.attacks.victim import (
    CALLBACK,
    approve,
    approved_callback,
    assert_an_honest_flow_still_works,
    assert_refused,
    open_callback,
    start,
    start_only,
)
from tests.support.callbacks import param, with_params
from tests.support.chromium import needs_chromium
from tests.support.dashboard import sign_in
from tests.support.gateway import ACCOUNTS

pytestmark = needs_chromium


@pytest.mark.requirement("B1")
@pytest.mark.parametrize("honest", ["google", "notion"])
def test_a_hostile_provider_that_sends_its_victim_on_gets_no_honest_code(
    arena: Arena, profiles: Profiles, honest: str
) -> None:
    """COAT: the victim connects the hostile provider and consents at the honest one."""
    attacker, victim = arena.person("attacker"), arena.person("victim")
    page, theirs = profiles().new_page(), profiles().new_page()
    sign_in(theirs, attacker)
    # The honest provider's address with its public client id and redirect URI.
    arena.hostile.answer(to=start_only(theirs, honest))
    sign_in(page, victim)
    before = arena.before()

    link = start_on(page, arena)
    assert_refused(page, approve(page, ACCOUNTS[honest]), 400)
    assert param(page.url, "state") == param(link, "state")
    assert f"/v1/connectors/{honest}/callback" in page.url
    arena.assert_nothing_came_of_it(before)
    arena.assert_burnt(victim)

    arena.hostile.answer()
    assert_an_honest_flow_still_works(arena, page, victim)


def start_on(page: Page, arena: Arena) -> str:
    """Start to connect the hostile provider; return the address of its redirect."""
    mark = arena.hostile.mark()
    page.goto("/connectors/evil")
    page.get_by_role("button", name=re.compile("Continue to")).click()
    page.get_by_role("heading", name="Choose an account").wait_for()
    (request,) = arena.hostile.requests("authorize", after=mark)
    return with_params("https://evil.example/", state=request["state"])


@pytest.mark.requirement("B2")
@pytest.mark.parametrize(("of", "at"), [("google", "evil"), ("evil", "google")])
def test_a_state_opens_no_other_connectors_callback(
    arena: Arena, profiles: Profiles, of: str, at: str
) -> None:
    """CORF in both directions: the honest state at the hostile callback, and the reverse."""
    victim = arena.person("victim")
    page = profiles().new_page()
    sign_in(page, victim)
    if of == "google":
        start(page, of)
        honest = approved_callback(page, ACCOUNTS["google"])
    else:
        state = param(start_only(page, of), "state")
        honest = with_params(arena.callback(of), code="the-code", state=state)
    swapped = honest.replace(arena.callback(of), arena.callback(at))
    assert swapped != honest
    before = arena.before()

    assert_refused(page, open_callback(page, swapped), 400)
    expect(page.locator("main")).to_contain_text("was started for another connector")
    arena.assert_nothing_came_of_it(before)
    arena.assert_burnt(victim)
    # The state is used up: the right callback fails, too.
    page.goto(honest)
    expect(page.locator(".notice")).to_contain_text("That attempt is over")
    arena.assert_nothing_came_of_it(before)
    assert_an_honest_flow_still_works(arena, page, victim)


@pytest.mark.requirement("B2")
def test_a_hostile_provider_answers_with_the_state_of_an_honest_flow_in_vain(
    arena: Arena, profiles: Profiles
) -> None:
    """The hostile server knows a waiting flow's state, and returns it with its own code."""
    victim = arena.person("victim")
    profile = profiles()
    page = profile.new_page()
    sign_in(page, victim)
    waiting = start(page, "google")
    other = profile.new_page()
    link = start_only(other, "evil")
    arena.hostile.answer(change={"state": param(waiting, "state")})
    before = arena.before()

    assert_refused(other, open_callback(other, link), 400)
    arena.assert_nothing_came_of_it(before)
    with page.expect_response(CALLBACK):
        page.get_by_role("button", name=ACCOUNTS["google"], exact=True).click()
    expect(page.locator(".notice")).to_contain_text("That attempt is over")
    arena.assert_nothing_came_of_it(before)
    arena.hostile.answer()
    assert_an_honest_flow_still_works(arena, page, victim)
