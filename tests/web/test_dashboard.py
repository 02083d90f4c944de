"""The dashboard: cards, accounts, defaults, disconnecting, and what it tells developers."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import get_args
from urllib.parse import urlencode, urlsplit

import httpx
import pytest

from connectors.catalog import CONNECTOR_CATALOG, Catalog
from connectors.config import Category
from gateway.web.dashboard import title_of
from gateway.web.outcomes import COOKIE, OUTCOMES, proof_of
from tests.conftest import GATEWAY_URL
from tests.support import outside as solo
from tests.support.browser import words
from tests.support.configs import CATALOG_ENV
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.rows import Rows
from tests.support.sandbox import SandboxProcess

DASHBOARD = "/dashboard/connectors"


class _Headings(HTMLParser):
    """The headings of the cards, in order: ``("h2", "Productivity")``, ``("h3", "Google")`` …"""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._level = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"h2", "h3"}:
            self._level = tag

    def handle_data(self, data: str) -> None:
        if self._level and data.strip():
            self.found.append((self._level, data.strip()))
            self._level = ""


def _cards(page: httpx.Response) -> list[str]:
    return [text for level, text in _Headings(page.text).found if level == "h3"]


async def test_the_categories_at_the_top_lead_to_their_cards(outside: Harness) -> None:
    browser = await outside.browser("alice")
    page = (await browser.open(DASHBOARD)).text
    nav = page.partition('<nav class="jump"')[2].partition("</nav>")[0]
    linked = re.findall(r'href="#(group-\d+)">(.*?) <span', nav)
    titles = re.findall(r'class="group-title" id="(group-\d+)">(.*?)</h2>', page)
    assert linked == titles
    counts = [int(count) for count in re.findall(r'jump-count">(\d+)<', nav)]
    assert sum(counts) == len(re.findall(r'<article class="card \w+" id="connector-', page))
    assert 'class="jump"' not in (await browser.open(f"{DASHBOARD}?q=solo")).text


async def test_the_cards_are_grouped_by_category(outside: Harness) -> None:
    browser = await outside.browser("alice")
    page = await browser.open(DASHBOARD)
    expected = []
    for category in get_args(Category):
        offered = Catalog(CATALOG_ENV).ready()
        names = {config.display_name for config in offered if config.category == category}
        names |= {"Solo"} if category == "other" else set()
        if names:
            expected += [("h2", title_of(category))]
            expected += [("h3", name) for name in sorted(names, key=str.lower)]
    assert _Headings(page.text).found == expected
    assert ("h2", "Developer tools") in expected
    assert ("h3", "Solo") in expected
    assert f"{len(CONNECTOR_CATALOG) + 1} connectors" in words(browser)


async def test_connected_cards_come_first_and_broken_ones_before_them(
    gateway: Harness, rows: Rows
) -> None:
    browser = await gateway.browser("alice")
    for connector in ("google", "notion", "salesforce"):
        await browser.connect(connector, ACCOUNTS[connector])
    (notion,) = (row for row in await rows.connections() if row["connector"] == "notion")
    await rows.change_connection(notion["_id"], status="needs_reauth")
    page = await browser.open(DASHBOARD)
    assert _cards(page)[:3] == ["Notion", "Google", "Salesforce"]
    assert _Headings(page.text).found[0] == ("h2", "Connected")


async def test_the_catalog_is_searched_by_name_purpose_and_category(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    found = {}
    for query in (
        "FIGma",
        "comments design",
        "crm salesforce",
        "connected google",
        "nothing such",
        "<b>",
        "x" * 5000,
    ):
        page = await browser.open(f"{DASHBOARD}?{urlencode({'q': query})}")
        assert page.status_code == 200
        found[query] = _cards(page)
        assert html.escape(query[:100], quote=False) in page.text
    assert found["FIGma"] == ["Figma"]
    assert found["comments design"] == ["Figma"]
    assert found["crm salesforce"] == ["Salesforce"]
    assert found["connected google"] == ["Google"]
    assert found["nothing such"] == found["<b>"] == found["x" * 5000] == []
    assert "No connector has" in (await browser.open(f"{DASHBOARD}?q=nothing")).text


async def test_a_connected_card_comes_first_and_shows_its_account(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    before = _cards(await browser.open(DASHBOARD))
    await browser.connect("notion", ACCOUNTS["notion"])
    assert _cards(browser.page) == ["Notion", *(name for name in before if name != "Notion")]
    text = words(browser)
    assert f"1 account {len(CONNECTOR_CATALOG)} connectors" in text
    assert "Acme HQ" in text
    assert "Working" in text
    assert "Not used yet" in text
    assert "Connected just now" in text
    links = browser.links()
    assert links["Add account of Notion"] == "/connectors/notion"
    assert links["Connect Google"] == "/connectors/google"


async def test_a_notice_leads_to_its_account_by_name(gateway: Harness, rows: Rows) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("notion", ACCOUNTS["notion"])
    connection = (await rows.connection())["_id"]
    assert browser.links()["Show Acme HQ"] == f"#account-{connection}"
    assert f'id="account-{connection}"' in browser.page.text
    page = await browser.open(str(browser.url))  # a reload
    assert "Notion is connected" not in page.text


async def test_one_banner_tells_of_the_sandbox(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    for address in (DASHBOARD, "/connectors/google", "/dashboard/account"):
        page = await browser.open(address)
        assert page.text.count('class="banner"') == 1
        assert "chip-sandbox" not in page.text


async def test_a_connector_says_what_it_is_for(gateway: Harness) -> None:
    page = await (await gateway.browser("alice")).open(DASHBOARD)
    catalog = Catalog({})
    told = [catalog.described(name).description for name in CONNECTOR_CATALOG]
    assert all(html.escape(each) in page.text.replace("&#39;", "&#x27;") for each in told)


async def test_front_page_is_the_dashboard_and_asks_for_a_session(gateway: Harness) -> None:
    browser = await gateway.browser()
    assert (await browser.open("/dashboard")).status_code == 200
    await browser.open("/")
    assert [page.status_code for page in browser.history] == [303, 303, 200]
    assert urlsplit(browser.url).path == "/login"
    await browser.sign_in("alice")
    await browser.open("/")
    assert urlsplit(browser.url).path == DASHBOARD


async def test_the_default_is_changed_with_one_click(gateway: Harness, rows: Rows) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    assert "Make default" not in browser.text  # one account needs no choice
    await browser.connect("google", ACCOUNTS["google-work"])
    await browser.submit(button="Make default ana@acme.example")
    assert browser.outcome() == "made_default"
    assert "Default changed" in browser.text
    defaults = [row["account_label"] for row in await rows.connections() if row["is_default"]]
    assert defaults == ["ana@acme.example"]
    issued = await gateway.token("google", "alice")
    assert issued.json()["connection"]["account_label"] == "ana@acme.example"
    first = words(browser).index("ana@acme.example")
    assert first < words(browser).index("ana.diaz@example.com")


async def test_disconnecting_asks_first_and_says_what_will_happen(
    gateway: Harness, rows: Rows, sandbox: SandboxProcess
) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    before = sandbox.mark()
    await browser.open(browser.links()["Disconnect ana.diaz@example.com"])
    assert "Disconnect this Google account?" in browser.text
    assert "ana.diaz@example.com" in browser.text
    assert "Google is told to revoke the access as well." in browser.text
    assert browser.links()["Keep it"] == DASHBOARD
    assert len(await rows.connections()) == 1
    assert sandbox.log(after=before, endpoint="revoke") == []

    await browser.submit(button="Disconnect")
    assert browser.outcome() == "disconnected_yes"
    assert "Google is disconnected" in browser.text
    assert f"0 accounts {len(CONNECTOR_CATALOG)} connectors" in words(browser)
    assert await rows.connections() == []
    assert len(sandbox.log(after=before, provider="google", endpoint="revoke")) == 1
    assert (await gateway.token("google", "alice")).json()["code"] == "connector_required"


@pytest.mark.requirement("B7")
async def test_disconnecting_a_shared_account_says_so_before_and_after(
    gateway: Harness, sandbox: SandboxProcess
) -> None:
    """Revoking would end the other person's connection as well."""
    alice, bob = await gateway.browser("alice"), await gateway.browser("bob")
    await alice.connect("google", ACCOUNTS["google"])
    await bob.connect("google", ACCOUNTS["google"])
    before = sandbox.mark()
    await alice.open(DASHBOARD)
    await alice.open(alice.links()["Disconnect ana.diaz@example.com"])
    assert "Another person here has linked the same account" in alice.text
    await alice.submit(button="Disconnect")
    assert alice.outcome() == "disconnected_shared"
    assert sandbox.log(after=before, endpoint="revoke") == []
    assert (await gateway.token("google", "bob")).status_code == 200


async def test_a_refused_revocation_is_said_and_the_account_is_forgotten_all_the_same(
    gateway: Harness, rows: Rows, sandbox: SandboxProcess
) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("shopify", ACCOUNTS["shopify"], shop="acme")
    sandbox.expire("shopify")  # the store takes no revocation with an expired token
    await browser.open(browser.links()["Disconnect Acme Store"])
    await browser.submit(button="Disconnect")
    assert browser.outcome() == "disconnected_no"
    assert "did not confirm that it ended the access" in browser.text
    assert await rows.connections() == []


async def test_a_second_click_on_disconnect_finds_nothing(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    confirmation = await browser.open(browser.links()["Disconnect ana.diaz@example.com"])
    await browser.submit(button="Disconnect")
    browser.page = confirmation
    page = await browser.submit(button="Disconnect")
    assert page.status_code == 404
    assert "There is no such connection" in browser.text


@pytest.mark.requirement("F1")
async def test_connection_of_another_person_has_no_page(gateway: Harness, rows: Rows) -> None:
    alice, bob = await gateway.browser("alice"), await gateway.browser("bob")
    await alice.connect("google", ACCOUNTS["google"])
    connection = (await rows.connection())["_id"]
    assert (await bob.open(f"/dashboard/connections/{connection}/disconnect")).status_code == 404
    await bob.open(DASHBOARD)
    data = {"csrf_token": bob.csrf_token()}
    for action in ("default", "disconnect"):
        page = await bob.client.post(
            f"{GATEWAY_URL}/dashboard/connections/{connection}/{action}",
            data=data,
            headers={"Origin": GATEWAY_URL},
        )
        assert page.status_code == 404
    assert len(await rows.connections()) == 1


def test_every_outcome_has_a_kind_that_the_page_knows() -> None:
    assert {outcome.kind for outcome in OUTCOMES.values()} <= {
        "success",
        "info",
        "warning",
        "error",
    }
    assert len(OUTCOMES) > 12


async def test_every_outcome_has_its_notice(gateway: Harness, subtests: pytest.Subtests) -> None:
    browser = await gateway.browser("alice")
    await browser.open(DASHBOARD)
    csrf_token, reference = browser.csrf_token(), "req_0123456789abcdef"
    for name, outcome in OUTCOMES.items():
        with subtests.test(name):
            told = {"outcome": name, "connector": "shopify", "ref": reference}
            browser.client.cookies.set(
                COOKIE, proof_of(csrf_token, told), domain="localhost.local", path="/"
            )
            await browser.open(f"{DASHBOARD}?{urlencode(told)}")
            assert outcome.title.replace("{name}", "Shopify") in browser.text
            assert outcome.text.replace("{name}", "Shopify") in browser.text
            assert f"notice-{outcome.kind}" in browser.page.text
            assert reference in browser.text
            assert "{name}" not in browser.text
            assert COOKIE not in browser.client.cookies
            if outcome.action:
                action = outcome.action.replace("{name}", "Shopify")
                assert browser.links()[action] == "/connectors/shopify"
    for query in (
        "outcome=other&connector=google",
        "outcome=connected",
        "outcome=connected&connector=x",
    ):
        page = await browser.open(f"{DASHBOARD}?{query}")
        assert 'class="notice' not in page.text


async def test_a_connector_for_one_account_offers_no_second_one(outside: Harness) -> None:
    browser = await outside.browser("alice")
    await browser.connect("solo", solo.ACCOUNT)
    assert "Add account of Solo" not in browser.links()
    assert "Connect Google" in browser.links()
