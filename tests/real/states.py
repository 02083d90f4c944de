"""The states of the pages that people look at: each has a name, a person and a way to reach it.

``prepared`` fills a development gateway with what the states show. ``tests/real/screenshots.py``
makes pictures of them, and ``tests/real/test_accessibility.py`` searches them for barriers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, StorageState, expect

from gateway.client import ApprovalRequired, GatewayError, SyncGateway
from tests.real.test_owners_and_keys import ADMIN, held, paste
from tests.support.dashboard import DASHBOARD, DevGateway, connect, sign_in
from tests.support.gateway import ACCOUNTS

ALICE, BOB = "alice", "bob"
APPROVALS = "/dashboard/approvals"


@dataclass(frozen=True)
class State:
    """``open`` brings a page of ``person``, who is signed in, into the state."""

    open: Callable[[Page, DevGateway], object]
    person: str | None = ALICE


def at(address: str) -> Callable[[Page, DevGateway], object]:
    """Open an address."""
    return lambda page, dev: page.goto(f"{dev.url}{address}")


def _notice(page: Page, dev: DevGateway) -> None:
    at("/dashboard/connectors")(page, dev)
    page.get_by_role("button", name=re.compile("Make default")).click()
    expect(page.locator(".notice-success")).to_be_visible()


def _menu(page: Page, dev: DevGateway) -> None:
    at("/dashboard/connectors")(page, dev)
    page.locator(".account-menu summary").click()


def _mistake(page: Page, dev: DevGateway) -> None:
    at("/connectors/shopify")(page, dev)
    page.get_by_role("textbox").first.fill("not a shop!")
    page.get_by_role("button", name=re.compile("Continue to")).click()
    expect(page.locator(".field-error")).to_be_visible()


def _disconnect(page: Page, dev: DevGateway) -> None:
    at("/dashboard/connectors")(page, dev)
    page.locator("#connector-google").get_by_role(
        "link", name=re.compile("Disconnect")
    ).first.click()
    page.wait_for_url("**/disconnect")


def _details(page: Page, dev: DevGateway) -> None:
    at("/dashboard/connectors")(page, dev)
    page.locator("#connector-google details").last.locator("summary").click()


def _approval(page: Page, dev: DevGateway) -> None:
    at(APPROVALS)(page, dev)
    page.get_by_role("link", name=re.compile("Review|Look")).first.click()
    page.wait_for_url(f"**{APPROVALS}/*")


def _usage(page: Page, dev: DevGateway) -> None:
    at("/dashboard/usage")(page, dev)
    page.get_by_text("Each day as a table").click()


def _limits(page: Page, dev: DevGateway) -> None:
    """A budget is there, which Notion's calls have not used up, and a call is tried."""
    at("/dashboard/organisation/limits")(page, dev)
    if not page.get_by_text("Calls of a month").count():
        page.get_by_label("Name of the new rule").fill("Calls of a month")
        page.get_by_label("At most", exact=True).fill("1000")
        page.get_by_label("in each").select_option("month")
        page.get_by_role("button", name="Add rule").click()
        expect(page.get_by_text("Calls of a month").first).to_be_visible()
    at("/dashboard/organisation/limits?user=alice&connector=notion&method=GET&path=/x")(page, dev)


def _waiting(page: Page, dev: DevGateway) -> None:
    """The request for the outcome gets an answer without a page, so that this one stays."""
    page.route("**/waiting/*?wait=1", lambda route: route.fulfill(status=204))
    dev.sandbox.condition("notion", "slow")
    at("/connectors/notion")(page, dev)
    page.get_by_role("button", name=re.compile("Continue to")).click()
    page.get_by_role("button", name=ACCOUNTS["notion"], exact=True).click()
    expect(page.get_by_role("heading", name="Connecting Notion")).to_be_visible()
    dev.sandbox.condition("notion", "works")


STATES = {
    "sign-in": State(at("/login"), None),
    "sign-in-for-a-tool": State(at("/connectors/notion?tool=notion_create_page"), None),
    "dashboard-new": State(at("/dashboard/connectors"), BOB),
    "dashboard": State(at("/dashboard/connectors")),
    "dashboard-notice": State(_notice),
    "dashboard-details": State(_details),
    "dashboard-found": State(at("/dashboard/connectors?q=mail")),
    "dashboard-menu": State(_menu),
    "connect": State(at("/connectors/google")),
    "connect-for-a-tool": State(at("/connectors/notion?tool=notion_create_page"), BOB),
    "connect-mistake": State(_mistake),
    "paste-key": State(at("/connectors/openai")),
    "disconnect": State(_disconnect),
    "window-done": State(at("/dashboard/done")),
    "error": State(at("/connectors/nowhere")),
    "approvals": State(at(APPROVALS)),
    "approval": State(_approval),
    "activity": State(at("/dashboard/activity")),
    "usage": State(_usage),
    "usage-filtered": State(at("/dashboard/usage?connector=notion&days=7")),
    "usage-new": State(at("/dashboard/usage"), BOB),
    "usage-nothing": State(at("/dashboard/usage?connector=google&days=7")),
    "account": State(at("/dashboard/account")),
    "developers": State(at("/dashboard/developers")),
    "agents": State(at("/oauth/clients")),
    "organisation": State(at("/dashboard/organisation"), ADMIN),
    "policies": State(at("/dashboard/organisation/policies"), ADMIN),
    "organisation-usage": State(at("/dashboard/organisation/usage"), ADMIN),
    "organisation-limits": State(_limits, ADMIN),
    "integrations": State(at("/dashboard/integrations"), ADMIN),
    "waiting": State(_waiting, ADMIN),
    "sandbox": State(lambda page, dev: page.goto(dev.sandbox.url), None),
}


def prepared(browser: Browser, dev: DevGateway) -> dict[str | None, StorageState | None]:
    """Connect, break and use accounts; return each person's signed-in browser."""
    signed_in: dict[str | None, StorageState | None] = {None: None}
    for person in (ALICE, BOB, ADMIN):
        context = browser.new_context(base_url=dev.url)
        page = context.new_page()
        sign_in(page, person)
        if person == ALICE:
            _connect_all(page, dev)
        signed_in[person] = context.storage_state()
        context.close()
    _use(dev)
    return signed_in


def _connect_all(page: Page, dev: DevGateway) -> None:
    for connector, account in (
        ("salesforce", ACCOUNTS["salesforce"]),
        ("notion", ACCOUNTS["notion"]),
        ("google", ACCOUNTS["google"]),
        ("google", ACCOUNTS["google-work"]),
    ):
        connect(page, connector, account)
    paste(page, "openai", held("openai", "ana"))
    page.wait_for_url(DASHBOARD)


def _use(dev: DevGateway) -> None:
    """Call as tools do, leave a call that waits, and let Salesforce end its grant."""
    key = (dev.folder / "service-key").read_text().strip()
    with SyncGateway(dev.url, api_key=key) as gateway:
        person = gateway.for_user(ALICE)
        found = person.call("notion_search_pages", {"query": "Roadmap"}).result["results"]
        with gateway.http("notion", user=ALICE) as notion:
            for _ in range(4):
                notion.get("/v1/users/me")
        gateway.get_connector_token("google", user=ALICE)
        wanted = {"parent_id": found[0]["id"], "title": "A plan to approve"}
        try:
            person.call("notion_create_page", wanted)
        except ApprovalRequired:
            pass
        token = gateway.get_connector_token("salesforce", user=ALICE)
        dev.sandbox.end("salesforce")
        try:
            gateway.get_connector_token("salesforce", user=ALICE, rejected_token=token)
        except GatewayError:
            pass
