"""A person sees that something happens: at the end of a flow, and after a button was pressed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.support.chromium import needs_chromium
from tests.support.dashboard import DevGateway, sign_in
from tests.support.gateway import ACCOUNTS

pytestmark = [needs_chromium, pytest.mark.long]

OUTCOME_MS = 60_000
"""Two answers of a slow provider, on a busy machine."""
ADD_FORM = """() => {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: "/slow" });
  form.dataset.busy = "Working …";
  form.innerHTML = `<button name="way" value="one">One</button>
    <button name="way" value="two">Two</button>`;
  document.querySelector("main").append(form);
}"""
WAITS = "**/waiting/*?wait=1"
COME_BACK = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_slow_provider_is_waited_for_on_a_page_of_ours(
    dev: DevGateway, chromium: Browser, scripts: bool
) -> None:
    context = chromium.new_context(base_url=dev.url, java_script_enabled=scripts)
    page = context.new_page()
    sign_in(page, f"patient-{scripts}")
    dev.sandbox.condition("notion", "slow")
    try:
        page.goto("/connectors/notion")
        page.get_by_role("button", name=re.compile("Continue to")).click()
        # An answer without a page to the request that waits: else Playwright waits for it, too.
        page.route(WAITS, lambda route: route.fulfill(status=204))
        page.get_by_role("button", name=ACCOUNTS["notion"], exact=True).click()
        expect(page.get_by_role("heading", name="Connecting Notion")).to_be_visible()
        expect(page.get_by_text("Waiting for Notion")).to_be_visible()
        page.unroute(WAITS)
        page.reload(wait_until="commit")
        notice = page.locator(".notice")
        expect(notice).to_contain_text("Notion is connected", timeout=OUTCOME_MS)
    finally:
        dev.sandbox.condition("notion", "works")
    context.close()


def test_a_pressed_button_says_what_happens_and_its_form_is_sent_once(
    dev: DevGateway, chromium: Browser
) -> None:
    context = chromium.new_context(base_url=dev.url)
    page = context.new_page()
    sign_in(page, "busy")
    sent: list[str | None] = []

    def take(route: Route) -> None:
        sent.append(route.request.post_data)
        route.fulfill(status=204)  # the page stays

    page.route("**/slow", take)
    page.evaluate(ADD_FORM)
    form = page.locator("form[data-busy]").last
    form.get_by_role("button", name="Two").click()
    pressed = form.get_by_role("button").last
    expect(pressed).to_have_text("Working …")
    expect(pressed).to_have_attribute("aria-busy", "true")
    expect(pressed).to_be_disabled()
    expect(form.get_by_role("button", name="One")).to_be_disabled()
    expect(page.locator("[role=status].busy")).to_have_text("Working …")
    page.evaluate("document.querySelector('main').lastElementChild.requestSubmit?.()")
    assert sent == ["way=two"]

    page.evaluate(COME_BACK)
    again = form.get_by_role("button", name="Two")
    expect(again).to_be_enabled()
    expect(again).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("[role=status].busy")).to_have_text("")
    context.close()


def test_a_key_is_checked_with_a_word_about_it(dev: DevGateway, chromium: Browser) -> None:
    context = chromium.new_context(base_url=dev.url)
    page = context.new_page()
    sign_in(page, "busy")
    page.goto("/connectors/openai")
    page.route("**/v1/connectors/openai/connect", lambda route: route.fulfill(status=204))
    page.locator("input[type=password]").first.fill("sk-anything")
    page.get_by_role("button", name=re.compile("Check and")).click()
    expect(page.get_by_role("button", name="Checking the key")).to_be_disabled()
    context.close()
