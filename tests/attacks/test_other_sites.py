"""Pages of other sites cannot make a victim's real browser change anything."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.attacks.arena import Arena
from tests.attacks.conftest import Profiles
from tests.attacks.victim import (
    CALLBACK,
    approve,
    approved_callback,
    assert_an_honest_flow_still_works,
    start,
    start_only,
)
from tests.support.chromium import needs_chromium
from tests.support.dashboard import DASHBOARD, sign_in
from tests.support.gateway import ACCOUNTS
from tests.web.test_return_to import REFUSED

pytestmark = needs_chromium


def form(target: str, fields: dict[str, str], encoding: str = "") -> str:
    """Return a page that posts a form when it opens."""
    inputs = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in fields.items()
    )
    kind = f' enctype="{encoding}"' if encoding else ""
    return (
        f'<form method="post" action="{target}"{kind}>{inputs}</form>'
        "<script>document.forms[0].submit()</script>"
    )


def fetching(target: str, options: str) -> str:
    """Return a page that calls ``target`` by script with cookies, and reports when done."""
    return (
        f"<script>fetch('{target}', {{credentials: 'include', {options}}})"
        ".catch(() => 0).then(() => document.title = 'done')</script>"
    )


START = "/v1/connectors/evil/start"

PAGES: dict[str, Callable[[str], str]] = {
    "form": lambda url: form(url + START, {"csrf_token": "0" * 64}),
    "form without a token": lambda url: form(url + START, {}),
    "form that looks like JSON": lambda url: form(url + START, {'{"x": "': '"}'}, "text/plain"),
    "simple request": lambda url: fetching(
        url + START, "method: 'POST', mode: 'no-cors', body: 'csrf_token=0'"
    ),
    "JSON": lambda url: fetching(
        url + START,
        "method: 'POST', body: '{}', "
        "headers: {'Content-Type': 'application/json', 'X-CSRF-Token': '0'}",
    ),
    "link to the start": lambda url: f'<meta http-equiv="refresh" content="0;url={url}{START}">',
    "image": lambda url: (
        f'<img src="{url}{START}" onerror="document.title=\'done\'">'
        f'<img src="{url}/connectors/evil">'
    ),
    "frame": lambda url: (
        f'<iframe src="{url}/connectors/evil" onload="document.title=\'done\'"></iframe>'
    ),
}


@pytest.mark.requirement("A6")
@pytest.mark.parametrize("site", ["another site", "another origin of the same site"])
@pytest.mark.parametrize("kind", [*PAGES])
def test_a_page_of_another_origin_begins_no_flow(
    arena: Arena, profiles: Profiles, kind: str, site: str
) -> None:
    """The page uses form, script, link, image and frame, with and without same-site cookies."""
    victim, profile = arena.person("victim"), profiles()
    page = profile.new_page()
    sign_in(page, victim)
    arena.hostile.page(PAGES[kind](arena.url))
    origin = arena.hostile.url if site == "another site" else arena.hostile.same_site
    before = arena.before()

    page.goto(f"{origin}/page")
    page.wait_for_function("document.title === 'done' || !location.pathname.startsWith('/page')")
    page.wait_for_load_state()
    assert arena.flows(victim) == []
    assert [cookie["name"] for cookie in profile.cookies() if "flow" in cookie["name"]] == []
    arena.assert_nothing_came_of_it(before)
    if kind == "form" and site == "another site":
        assert_an_honest_flow_still_works(arena, page, victim)


@pytest.mark.requirement("A18")
def test_a_posted_answer_is_not_taken(arena: Arena, profiles: Profiles) -> None:
    """A provider's ``form_post`` response arrives without our cookies."""
    victim, profile = arena.person("victim"), profiles()
    page = profile.new_page()
    sign_in(page, victim)
    start(page, "google")
    callback = urlsplit(approved_callback(page, ACCOUNTS["google"]))
    arena.hostile.page(form(arena.callback("google"), dict(parse_qsl(callback.query))))
    before = arena.before()

    with page.expect_response(CALLBACK) as answer:
        page.goto(f"{arena.hostile.url}/page")
    assert answer.value.status == 405
    (flow,) = arena.flows(victim)
    assert flow["used_at"] is None
    arena.assert_nothing_came_of_it(before)
    page.goto(callback.geturl())
    expect(page.locator(".notice")).to_contain_text("Google is connected")


@pytest.mark.requirement("A8", "A17")
def test_reload_and_the_back_button_exchange_nothing_twice(
    arena: Arena, profiles: Profiles
) -> None:
    """The following pages do not learn the address with the code."""
    victim = arena.person("victim")
    page = profiles().new_page()
    sign_in(page, victim)
    start(page, "google")
    before = arena.sandbox.mark()
    answer = approve(page, ACCOUNTS["google"])
    assert (answer.status, answer.headers["referrer-policy"]) == (303, "no-referrer")
    assert answer.headers["cache-control"] == "no-store"
    page.wait_for_url(DASHBOARD)
    assert "code=" not in page.url + page.evaluate("document.referrer")
    (linked,) = arena.connections(victim)

    page.reload()
    page.go_back()
    page.go_forward()
    page.wait_for_url(DASHBOARD)
    for _ in range(2):
        page.goto(answer.url)
        page.wait_for_url(DASHBOARD)
        expect(page.locator(".notice")).to_contain_text("That attempt is over")
    assert len(arena.sandbox.token_requests("google", after=before)) == 1
    assert arena.connections(victim) == [linked]


@pytest.mark.requirement("A8")
def test_a_preview_of_the_callback_does_not_use_the_flow_up(
    arena: Arena, profiles: Profiles
) -> None:
    """Previews are HEAD requests and Chromium's prefetch."""
    victim, profile = arena.person("victim"), profiles()
    page = profile.new_page()
    sign_in(page, victim)
    start(page, "google")
    callback = approved_callback(page, ACCOUNTS["google"])
    before = arena.before()

    assert profile.request.head(callback).status == 204
    # Same site, so that the browser sends flow cookie and session.
    arena.hostile.page(f'<link rel="prefetch" href="{html.escape(callback)}">')
    with page.expect_response(CALLBACK) as answer:
        page.goto(f"{arena.hostile.same_site}/page")
    assert "prefetch" in answer.value.request.all_headers()["sec-purpose"]
    assert answer.value.status == 204
    (flow,) = arena.flows(victim)
    assert flow["used_at"] is None
    arena.assert_nothing_came_of_it(before)

    page.goto(callback)
    expect(page.locator(".notice")).to_contain_text("Google is connected")


@pytest.mark.requirement("A3", "A13")
def test_a_callback_under_another_name_of_the_host_is_refused(
    arena: Arena, profiles: Profiles
) -> None:
    """There is one origin; under another name sessions and flows are not looked up."""
    victim = arena.person("victim")
    page = profiles().new_page()
    sign_in(page, victim)
    start(page, "google")
    callback = approved_callback(page, ACCOUNTS["google"])
    elsewhere = callback.replace("//localhost:", "//127.0.0.1:")
    before = arena.before()

    answer = page.goto(elsewhere)
    assert answer is not None
    assert answer.status == 400
    expect(page.locator("main")).to_contain_text("This page has another address")
    (flow,) = arena.flows(victim)
    assert flow["used_at"] is None
    arena.assert_nothing_came_of_it(before)
    page.goto(callback)
    expect(page.locator(".notice")).to_contain_text("Google is connected")


@pytest.mark.requirement("A3")
def test_a_callback_cannot_redirect_the_browser(arena: Arena, profiles: Profiles) -> None:
    """The callback ignores a target or a claim of success in its address."""
    victim = arena.person("victim")
    page = profiles().new_page()
    sign_in(page, victim)
    link = start_only(page, "evil")
    extra = ["return_to", "redirect", "next", "redirect_uri", "url"]
    arena.hostile.answer(
        change={"code": None, "error": "access_denied"},
        add=[(name, arena.hostile.url) for name in extra] + [("success", "true")],
    )
    before = arena.before()
    page.goto(link)
    page.wait_for_url(DASHBOARD)
    assert page.url.startswith(f"{arena.url}/dashboard/connectors?")
    expect(page.locator(".notice")).to_contain_text("Evil was not connected")
    arena.assert_nothing_came_of_it(before)


@pytest.mark.requirement("A9")
def test_a_refusal_from_a_hostile_provider_shows_none_of_its_words(
    arena: Arena, profiles: Profiles
) -> None:
    """The refusal needs session and cookie, ends the flow, and its text is not shown."""
    victim, stranger = arena.person("victim"), arena.person("stranger")
    page, other = profiles().new_page(), profiles().new_page()
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    sign_in(page, victim)
    sign_in(other, stranger)
    script = "<script>alert('hostile words')</script>"
    arena.hostile.answer(
        change={"code": None, "error": script, "error_description": script, "error_uri": script}
    )
    before = arena.before()
    first = start_only(page, "evil")
    with other.expect_response(CALLBACK) as refused:
        other.goto(first)
    assert refused.value.status == 403
    arena.assert_open(victim)
    page.goto(first)
    page.wait_for_url(DASHBOARD)

    page.goto(start_only(page, "evil"))
    page.wait_for_url(DASHBOARD)
    expect(page.locator(".notice")).to_contain_text("Evil refused to connect")
    assert "hostile words" not in page.content() + page.url
    assert dialogs == []
    arena.assert_burnt(victim)
    arena.assert_nothing_came_of_it(before)
    arena.hostile.answer()
    page.goto(start_only(page, "evil"))
    expect(page.locator(".notice")).to_contain_text("Evil is connected")


BENT = [text for text in REFUSED if re.match(r"[\s\\/@%]*[\\/%\s@]", text) and "evil" in text]
"""Addresses of another host that begin like a path."""


@pytest.mark.requirement("A14")
def test_no_spelling_of_another_place_leads_a_real_browser_there(
    arena: Arena, profiles: Profiles
) -> None:
    """The test checks Chromium's interpretation of an address."""
    page: Page = profiles().new_page()
    sign_in(page, arena.person("victim"))
    assert len(BENT) > 40
    for spelling in BENT:
        page.goto(f"/login?next={quote(spelling, safe='')}", wait_until="commit")
        assert page.url == f"{arena.url}/dashboard/connectors", repr(spelling)
