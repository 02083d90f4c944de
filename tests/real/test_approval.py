"""A call that asks: a person reads the whole request in a real browser, and approves or denies it.

The gateway is ``make dev``'s, and the agent the SDK with the service key that ``make dev`` made.
"""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from gateway.client import ApprovalRequired, GatewayError, SyncGateway, SyncUserContext
from tests.support.chromium import needs_chromium
from tests.support.dashboard import DevGateway, connect, disconnect, sign_in

pytestmark = needs_chromium
CREATE, SEARCH = "notion_create_page", "notion_search_pages"
LISTED = re.compile(r"/dashboard/approvals(\?|$)")


def asked(person: SyncUserContext, arguments: dict[str, str]) -> ApprovalRequired:
    """The answer to a call that waits for a decision."""
    with pytest.raises(ApprovalRequired) as waiting:
        person.call(CREATE, arguments)
    assert waiting.value.status == 202
    return waiting.value


def titles(person: SyncUserContext, query: str) -> int:
    """How many pages with this title the account has."""
    return len(person.call(SEARCH, {"query": query}).result["results"])


def assert_whole_request(page: Page, arguments: dict[str, str]) -> None:
    """The page shows all that is sent, visible without a click, and fits a telephone."""
    expect(page.get_by_role("heading", name="Approve this call?")).to_be_visible()
    expect(page.get_by_text("POST https://api.notion.com/v1/pages")).to_be_visible()
    for text in (CREATE, "Acme HQ", "changes something"):
        expect(page.get_by_text(text).first).to_be_visible()
    shown = json.loads(page.get_by_label("Arguments", exact=True).inner_text())
    assert shown == arguments
    body = json.loads(page.get_by_label("Body of the request").inner_text())
    assert body["parent"]["page_id"] == arguments["parent_id"]
    assert body["properties"]["title"]["title"][0]["text"]["content"] == arguments["title"]
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"the page is {wide} wide"


def test_a_person_approves_one_call_and_denies_another(
    profile: BrowserContext, dev: DevGateway
) -> None:
    page = profile.new_page()
    sign_in(page, "approver")
    connect(page, "notion", "Acme HQ (Ana Diaz)")
    profile.clear_cookies()  # signed out: the link of the answer has to lead back
    key = (dev.folder / "service-key").read_text().strip()
    with SyncGateway(dev.url, api_key=key) as gateway:
        person = gateway.for_user("approver")
        parent = person.call(SEARCH, {"query": "Roadmap"}).result["results"][0]["id"]

        plan = {"parent_id": parent, "title": "A plan to approve"}
        first = asked(person, plan)
        assert first.url == f"{dev.url}/dashboard/approvals/{first.approval_id}"
        page.goto(first.url)
        page.get_by_label("name").fill("approver")
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(first.url)
        assert_whole_request(page, plan)
        assert titles(person, plan["title"]) == 0
        page.get_by_role("button", name="Approve this call").click()
        page.wait_for_url(LISTED)
        expect(page.locator(".notice")).to_contain_text("The call is approved")

        # The same call runs, and once: a third one asks again.
        assert person.call(CREATE, plan).result["id"]
        assert titles(person, plan["title"]) == 1
        assert asked(person, plan).approval_id != first.approval_id
        assert titles(person, plan["title"]) == 1

        secret = {"parent_id": parent, "title": "A plan to deny"}
        second = asked(person, secret)
        page.goto("/dashboard/approvals")
        page.locator(f"a[href$='{second.approval_id}']").click()
        assert_whole_request(page, secret)
        page.get_by_role("button", name="Deny").click()
        page.wait_for_url(LISTED)
        expect(page.locator(".notice")).to_contain_text("The call is denied")
        with pytest.raises(GatewayError) as denied:
            person.call(CREATE, secret)
        assert denied.value.code == "approval_denied"
        assert titles(person, secret["title"]) == 0

        # The page of a decided call has no buttons.
        for one, state in ((first, "Approved, and sent"), (second, "Denied")):
            page.goto(one.url)
            expect(page.get_by_text(state)).to_be_visible()
            expect(page.get_by_role("button", name="Approve this call")).to_have_count(0)
    # Others of this folder connect the same account, whose grant is revoked with its last user.
    disconnect(page, "notion")
