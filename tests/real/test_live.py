"""Open pages change by themselves: what waits appears, what another window disconnects goes."""

from __future__ import annotations

import re

import httpx
from playwright.sync_api import Browser, Route, expect

from tests.support.chromium import needs_chromium
from tests.support.dashboard import DevGateway, connect, disconnect, sign_in
from tests.support.gateway import ACCOUNTS
from tests.support.loopback import LOOPBACK
from tests.support.tokens import fingerprint

pytestmark = needs_chromium

PAGE = "59833787-2cf9-4fdf-8782-000000000001"
HIDE = "Object.defineProperty(document, 'hidden', {value: %s, configurable: true})"
CHANGED = "document.dispatchEvent(new Event('visibilitychange'))"


def test_two_browsers_show_what_waits_without_a_reload(dev: DevGateway, chromium: Browser) -> None:
    """The dashboard of one and the approvals of the other; a page out of sight listens later."""
    here = chromium.new_context(base_url=dev.url).new_page()
    there = chromium.new_context(base_url=dev.url).new_page()
    away = chromium.new_context(base_url=dev.url).new_page()
    for page in (here, there, away):
        sign_in(page, "live")
    connect(here, "notion", ACCOUNTS["notion"])
    for page, address in (
        (here, "/dashboard/connectors"),
        (there, "/dashboard/approvals"),
        (away, "/dashboard/approvals"),
    ):
        with page.expect_response(re.compile("/v1/events")) as opened:
            page.goto(address)
        assert opened.value.status == 200
        page.evaluate("window.isTheSame = true")
    expect(there.get_by_text("Nothing waits for you.")).to_be_visible()
    away.evaluate(f"{HIDE % 'true'}; {CHANGED}")

    key = (dev.folder / "service-key").read_text().strip()
    answer = httpx.post(
        f"{dev.url}/v1/tools/notion_append_text/call",
        headers={"Authorization": f"Bearer {key}"},
        json={"user": "live", "arguments": {"block_id": PAGE, "text": "A live plan"}},
        trust_env=False,
        timeout=30,
    )
    assert answer.status_code == 202, answer.text
    notice = here.get_by_text("1 call of a tool waits for you")
    expect(notice).to_be_visible()
    expect(there.locator(".account-label", has_text="notion_append_text")).to_be_visible()
    expect(away.get_by_text("Nothing waits for you.")).to_be_visible()
    away.evaluate(f"{HIDE % 'false'}; {CHANGED}")
    expect(away.locator(".account-label", has_text="notion_append_text")).to_be_visible()

    # The person decides in one window, and takes the account away there, too.
    assert all(page.evaluate("window.isTheSame") for page in (here, there, away))
    there.get_by_role("link", name="Review").click()
    there.get_by_role("button", name="Deny").click()
    expect(notice).to_be_hidden()
    card = here.locator("#connector-notion")
    expect(card.get_by_text("Working", exact=True)).to_be_visible()
    disconnect(there, "notion")
    expect(card.get_by_role("link", name=re.compile("Connect"))).to_be_visible()
    assert here.evaluate("window.isTheSame")
    for page in (here, there, away):
        page.context.close()


def test_a_page_that_fails_once_is_live_again_later(dev: DevGateway, chromium: Browser) -> None:
    """A gateway that restarts may refuse the page: the script asks again after a while."""
    page = chromium.new_context(base_url=dev.url).new_page()
    sign_in(page, "patient")
    page.goto("about:blank")  # the first page is live, too: its own request must not be refused
    page.clock.install()
    refused: list[str] = []

    def refuse(route: Route) -> None:
        if refused or route.request.resource_type != "fetch":
            route.fallback()
            return
        refused.append(route.request.url)
        route.fulfill(status=503)

    page.route("**/dashboard/connectors", refuse)
    with page.expect_response(lambda answer: answer.status == 503):
        page.goto("/dashboard/connectors")
    with page.expect_response(re.compile("/v1/events")) as opened:
        for _ in range(20):  # the script may still be reading the answer
            page.wait_for_timeout(200)
            page.clock.fast_forward(31_000)
            if opened.is_done():
                break
    there = page.context.new_page()
    connect(there, "notion", ACCOUNTS["notion"])
    card = page.locator("#connector-notion")
    expect(card.get_by_text("Working", exact=True)).to_be_visible()
    assert len(refused) == 1
    disconnect(there, "notion")
    page.context.close()


def test_a_broken_connection_shows_in_two_browsers(dev: DevGateway, chromium: Browser) -> None:
    """The grant ends at the provider, a tool meets the refusal, and both open pages say so."""
    pages = [chromium.new_context(base_url=dev.url).new_page() for _ in range(2)]
    for page in pages:
        sign_in(page, "broken")
    connect(pages[0], "google", "Ana Diaz (ana.diaz@example.com)")
    for page in pages:
        with page.expect_response(re.compile("/v1/events")):
            page.goto("/dashboard/connectors")
        page.evaluate("window.isTheSame = true")
        expect(page.locator("#connector-google").get_by_text("Working")).to_be_visible()

    dev.sandbox.end("google")
    key = {"Authorization": f"Bearer {(dev.folder / 'service-key').read_text().strip()}"}
    url, asked = f"{dev.url}/v1/connectors/google/token", {"user": "broken"}
    token = LOOPBACK.post(url, headers=key, json=asked).json()["access_token"]
    refused = asked | {"rejected_token_sha256": fingerprint(token)}
    answer = LOOPBACK.post(url, headers=key, json=refused)
    assert answer.json()["code"] == "reauthorization_required"
    for page in pages:
        button = page.locator("#connector-google").get_by_role("link", name=re.compile("Reconnect"))
        expect(button).to_be_visible()
        assert page.evaluate("window.isTheSame")
    disconnect(pages[0], "google")
    for page in pages:
        page.context.close()
