"""On a telephone nothing that a person came for is cut, or lies outside of the window."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.real.test_owners_and_keys import ADMIN
from tests.support.chromium import needs_chromium
from tests.support.dashboard import DevGateway, sign_in

pytestmark = [needs_chromium, pytest.mark.long]
WIDTH = 390
IS_WHOLE = """element => {
  const text = document.createRange();
  text.selectNodeContents(element);
  const { left, right } = element.getBoundingClientRect();
  const inside = (box) => box.left >= left && box.right <= right && box.right <= innerWidth;
  return [...text.getClientRects()].every(inside);
}"""


@pytest.fixture
def page(chromium: Browser, dev: DevGateway) -> Iterator[Page]:
    context = chromium.new_context(base_url=dev.url, viewport={"width": WIDTH, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield context.new_page()
    context.close()


def is_in_sight(what: Locator) -> bool:
    """Whether all of it is between the left and the right edge of the window."""
    box = what.bounding_box()
    assert box is not None
    return box["x"] >= 0 and box["x"] + box["width"] <= WIDTH


def test_a_redirect_uri_is_shown_and_copied_whole(page: Page, dev: DevGateway) -> None:
    sign_in(page, ADMIN)
    for address, name in (
        ("/dashboard/developers", "redirect-notion"),
        ("/dashboard/apps/notion", "redirect-uri"),
    ):
        page.goto(address)
        uri = page.locator(f"#{name}")
        expect(uri).to_have_text(f"{dev.url}/v1/connectors/notion/callback")
        assert uri.evaluate(IS_WHOLE)
        row = page.locator(".copy-row").filter(has=uri)
        row.get_by_role("button", name=re.compile("^Copy")).click()
        expect(row.get_by_role("button", name=re.compile("^Copied"))).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == uri.inner_text()


def test_the_switches_of_the_sandbox_are_in_sight(page: Page, dev: DevGateway) -> None:
    page.goto(dev.sandbox.url)
    row = page.locator("tr").filter(has=page.get_by_text("Notion", exact=True))
    for name in ("Expire tokens", "End grants", "Set", "works", "slow", "down"):
        assert is_in_sight(row.get_by_role("button", name=name, exact=True)), name
    assert page.evaluate("document.documentElement.scrollWidth") == WIDTH
    expect(page.locator(".banner")).to_contain_text("a simulated provider")
    row.get_by_role("button", name="slow", exact=True).click()
    expect(row.locator("[aria-pressed=true]")).to_have_text("slow")
    dev.sandbox.condition("notion", "works")
