"""A person grants a calendar in addition, or refuses it, in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from tests.support.chromium import needs_chromium
from tests.support.dashboard import DASHBOARD, DevGateway, connect, sign_in
from tests.support.gateway import ACCOUNTS

pytestmark = needs_chromium


def to_the_consent(page: Page, name: str) -> None:
    """Follow the card's link that adds a set of scopes, up to the provider's page."""
    page.goto("/dashboard/connectors")
    card = page.locator("#connector-google")
    card.get_by_text("Access to add").click()
    card.get_by_role("link", name=re.compile(f"Add {name} to")).click()
    expect(page.get_by_text("Asks for more than before")).to_be_visible()
    page.get_by_role("button", name=re.compile("Continue to")).click()


def test_a_person_refuses_a_calendar_and_grants_it_later(
    dev: DevGateway, chromium: Browser
) -> None:
    context = chromium.new_context(base_url=dev.url)
    page = context.new_page()
    sign_in(page, "step-up")
    connect(page, "google", ACCOUNTS["google"])
    card = page.locator("#connector-google")

    to_the_consent(page, "Calendar")
    page.get_by_role("button", name="Do not allow").click()
    page.wait_for_url(DASHBOARD)
    expect(card.get_by_text("Working", exact=True)).to_be_visible()
    card.get_by_text("Access to add").click()
    expect(card.get_by_role("link", name=re.compile("Add Calendar to"))).to_be_visible()

    to_the_consent(page, "Calendar")
    page.get_by_role("button", name=ACCOUNTS["google"], exact=True).click()
    page.wait_for_url(DASHBOARD)
    expect(page.locator(".notice")).to_contain_text("is reconnected")
    expect(card.get_by_text("Calendar ✓")).to_be_visible()

    to_the_consent(page, "Drive")  # taking the ticks away leaves less than what is there
    boxes = page.get_by_role("checkbox")
    expect(boxes).to_have_count(4)
    for box in boxes.all()[2:]:
        box.uncheck()
    page.get_by_role("button", name=ACCOUNTS["google"], exact=True).click()
    page.wait_for_url(DASHBOARD)
    expect(page.locator(".notice")).to_contain_text("keeps the access it had")
    expect(card.get_by_text("Calendar ✓")).to_be_visible()
    context.close()
