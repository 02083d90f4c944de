"""A host application opens the connect page in a window of its own (docs/logins.md)."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from tests.support.chromium import needs_chromium
from tests.support.dashboard import DevGateway, sign_in
from tests.support.gateway import ACCOUNTS

pytestmark = needs_chromium


def test_window_looks_closed_to_its_opener_and_closes_itself_in_the_end(
    dev: DevGateway, chromium: Browser
) -> None:
    """vellum-ai/vellum-assistant#42296, Significant-Gravitas/AutoGPT#14141."""
    context = chromium.new_context(base_url=dev.url)
    page = context.new_page()
    sign_in(page, "popup")
    page.goto(dev.sandbox.url)
    address = f"{dev.url}/connectors/notion?display=popup"
    with page.expect_popup() as opened:
        page.evaluate("address => { window.opened = window.open(address, '', 'popup') }", address)
    window = opened.value
    window.get_by_role("button", name=re.compile("Continue to")).click()
    assert page.evaluate("window.opened.closed") is True  # Cross-Origin-Opener-Policy
    window.get_by_role("button", name=ACCOUNTS["notion"], exact=True).click()
    with window.expect_event("close"):
        expect(window.get_by_role("heading", name="Notion is connected")).to_be_visible()
    context.close()
