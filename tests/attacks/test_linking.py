"""Attempts to link an account to the wrong user, in the browsers of attacker and victim.

The hostile provider consents silently, so the victim only opens the link; the honest one asks, and
the victim agrees. No attack causes a token request: the checks come before the exchange.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.attacks.arena import SIGNED_OUT, VICTIMS, Arena
from tests.attacks.conftest import Profiles
from tests.attacks.victim import (
    approve,
    approved_callback,
    assert_an_honest_flow_still_works,
    assert_refused,
    open_callback,
    start,
    start_only,
)
from tests.support.chromium import needs_chromium
from tests.support.dashboard import DASHBOARD, sign_in
from tests.support.gateway import ACCOUNTS

pytestmark = needs_chromium


@pytest.mark.requirement("A1")
@pytest.mark.parametrize("kind", VICTIMS)
def test_a_silent_consent_does_not_link_the_victim_to_the_attacker(
    arena: Arena, profiles: Profiles, kind: str
) -> None:
    """The victim opens the attacker's authorization link; the provider asks no questions."""
    attacker, victim, signed_in = arena.people(kind)
    theirs, mine = profiles().new_page(), profiles().new_page()
    sign_in(theirs, attacker)
    link = start_only(theirs, "evil")
    if signed_in is not None:
        sign_in(mine, signed_in)
    before = arena.before()

    assert_refused(mine, open_callback(mine, link))
    assert len(arena.hostile.requests("authorize", after=before.hostile)) == 1
    arena.assert_nothing_came_of_it(before)
    arena.assert_open(attacker)

    if kind == SIGNED_OUT:
        sign_in(mine, victim)
    assert_an_honest_flow_still_works(arena, mine, signed_in or victim)


@pytest.mark.requirement("A1")
@pytest.mark.parametrize("kind", VICTIMS)
def test_a_persuaded_consent_does_not_link_the_victim(
    arena: Arena, profiles: Profiles, kind: str
) -> None:
    """An honest provider asks, and the victim agrees with their account."""
    attacker, victim, signed_in = arena.people(kind)
    theirs, mine = profiles().new_page(), profiles().new_page()
    sign_in(theirs, attacker)
    link = start(theirs, "google")
    if signed_in is not None:
        sign_in(mine, signed_in)
    before = arena.before()

    mine.goto(link)
    assert_refused(mine, approve(mine, ACCOUNTS["google"]))
    arena.assert_nothing_came_of_it(before)
    arena.assert_open(attacker)
    if kind == SIGNED_OUT:
        sign_in(mine, victim)
    assert_an_honest_flow_still_works(arena, mine, signed_in or victim)


@pytest.mark.requirement("A4")
@pytest.mark.parametrize("kind", VICTIMS)
def test_the_attackers_finished_callback_gives_its_visitor_no_account(
    arena: Arena, profiles: Profiles, kind: str
) -> None:
    """The attacker agrees with their own account, and makes the victim open the response."""
    attacker, victim, signed_in = arena.people(kind)
    theirs, mine = profiles().new_page(), profiles().new_page()
    sign_in(theirs, attacker)
    start(theirs, "google")
    callback = approved_callback(theirs, ACCOUNTS["google-work"])
    if signed_in is not None:
        sign_in(mine, signed_in)
    before = arena.before()

    arena.hostile.page(f'<meta http-equiv="refresh" content="0;url={callback}">')
    assert_refused(mine, open_callback(mine, f"{arena.hostile.url}/page"))
    arena.assert_nothing_came_of_it(before)
    arena.assert_open(attacker)
    if kind == SIGNED_OUT:
        sign_in(mine, victim)
    assert_an_honest_flow_still_works(arena, mine, signed_in or victim)


@pytest.mark.requirement("A1")
def test_a_later_user_of_the_same_browser_does_not_finish_the_flow(
    arena: Arena, profiles: Profiles
) -> None:
    """The flow's cookie is there, but another user has signed in."""
    first, second = arena.person("first"), arena.person("second")
    page = profiles().new_page()
    sign_in(page, first)
    link = start_only(page, "evil")
    page.goto("/dashboard/connectors")
    page.locator(".account-menu summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url(re.compile("/login"))
    sign_in(page, second)
    before = arena.before()

    assert_refused(page, open_callback(page, link))
    arena.assert_nothing_came_of_it(before)
    arena.assert_burnt(first)
    assert_an_honest_flow_still_works(arena, page, second)


@pytest.mark.requirement("A2")
@pytest.mark.parametrize("query", ["", "?tool=helper", "?reconnect=con_000000000000000000000000"])
def test_a_connect_link_begins_nothing_in_the_browser_that_opens_it(
    arena: Arena, profiles: Profiles, query: str
) -> None:
    """A signed-out browser is asked to sign in; a signed-in one shows the user's name."""
    victim, profile = arena.person("victim"), profiles()
    page = profile.new_page()
    flows = len(arena.rows("oauth_state"))
    page.goto(f"{arena.url}/connectors/evil{query}")
    assert re.search("/login", page.url)
    assert profile.cookies() == []

    sign_in(page, victim)
    arena.hostile.page(f'<a href="{arena.url}/connectors/evil?tool=helper">a link</a>')
    page.goto(f"{arena.hostile.url}/page")
    page.get_by_role("link", name="a link").click()
    expect(page.locator("main")).to_contain_text(f"You are signed in as {victim}")
    assert [cookie["name"] for cookie in profile.cookies()] == ["gateway_session"]
    assert len(arena.rows("oauth_state")) == flows

    page.get_by_role("button", name=re.compile("Continue to")).click()
    page.wait_for_url(DASHBOARD)
    expect(page.locator(".notice")).to_contain_text("Evil is connected")
    assert len(arena.connections(victim)) == 1
