"""The README's script through the proxy: its usage is shown, and a budget set there stops it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from gateway.client import BudgetSpent, SyncGateway
from tests.real.conftest import running_dev
from tests.real.test_newcomer import readme_script, run_script
from tests.real.test_owners_and_keys import ADMIN
from tests.support.chromium import needs_chromium
from tests.support.dashboard import DevGateway, connect, sign_in

pytestmark = needs_chromium
USAGE, ORGANISATION = "/dashboard/usage", "/dashboard/organisation/usage"
LIMITS = "/dashboard/organisation/limits"


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevGateway]:
    """A gateway of its own, on which nobody else calls."""
    with running_dev(tmp_path_factory.mktemp("dev")) as gateway:
        yield gateway


def test_the_usage_page_shows_a_call_and_a_budget_stops_the_next_one(
    chromium: Browser, dev: DevGateway
) -> None:
    person = chromium.new_context(base_url=dev.url).new_page()
    sign_in(person, "alice")
    person.goto(USAGE)
    expect(person.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    connect(person, "notion", "Acme HQ (Ana Diaz)")
    assert run_script(readme_script(), dev) == "Acme HQ\n"

    row = person.get_by_role("row", name="Read users/me Notion GET /users/me")
    while not row.is_visible():  # events are stored within a second
        person.goto(USAGE)
    expect(row.get_by_role("cell").first).to_have_text("1")
    expect(row.get_by_role("cell").last).to_have_text("unknown")
    expect(person.get_by_role("img", name="Calls of each day from")).to_be_visible()
    person.get_by_text("Each day as a table").click()
    days = person.get_by_role("region", name="Calls of each day").get_by_role("row")
    expect(days).to_have_count(2)  # the heads, and today
    call = person.get_by_role("listitem").filter(has_text="Read users/me")
    expect(call.get_by_role("time")).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))
    person.get_by_label("Connector", exact=True).select_option("Notion")
    person.get_by_label("Period").select_option("Last 7 days")
    person.get_by_role("button", name="Show").click()
    expect(person.get_by_text("What tools called for you at Notion.")).to_be_visible()
    expect(person.get_by_label("Period")).to_have_value("7")

    admin = chromium.new_context(base_url=dev.url).new_page()
    sign_in(admin, ADMIN)
    admin.goto("/dashboard/organisation")
    admin.get_by_role("link", name="Rate limits and budgets").click()
    admin.get_by_label("Name of the new rule").fill("Two calls a month")
    admin.get_by_label("At most", exact=True).fill("2")
    admin.get_by_label("in each").select_option("month")
    admin.get_by_role("button", name="Add rule").click()
    expect(admin.get_by_text("Two calls a month").first).to_be_visible()

    with pytest.raises(BudgetSpent) as caught:
        call_often(dev)
    assert caught.value.rule == "Two calls a month"
    assert caught.value.retry_after

    admin.goto(f"{LIMITS}?user=alice&connector=notion&method=GET&path=/users/me")
    expect(admin.get_by_text("Refused by Two calls a month")).to_be_visible()
    for page, address in ((person, USAGE), (admin, ORGANISATION), (admin, LIMITS)):
        page.goto(address)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{address} is {wide} wide"


def call_often(dev: DevGateway) -> None:
    """Call Notion more often than the rule allows, which holds within a second everywhere."""
    key = (dev.folder / "service-key").read_text().strip()
    with SyncGateway(dev.url, api_key=key) as gateway:
        with gateway.http("notion", user="alice") as notion:
            for _ in range(10):
                notion.get("/v1/users/me")
