"""The dashboard: cards, accounts, defaults, disconnecting, and what it tells developers."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from gateway.web.outcomes import OUTCOMES
from tests.conftest import GATEWAY_URL
from tests.support import outside as solo
from tests.support.gateway import ACCOUNTS, FakeClock, Harness
from tests.support.rows import Rows
from tests.support.sandbox import SandboxProcess
from tests.support.words import words

DASHBOARD = "/dashboard/connectors"


class _Headings(HTMLParser):
    """The headings of the cards, in order: ``("h2", "Productivity")``, ``("h3", "Google")`` …"""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._level = ""
        self.feed(page.partition('<details class="developer"')[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"h2", "h3"}:
            self._level = tag

    def handle_data(self, data: str) -> None:
        if self._level and data.strip():
            self.found.append((self._level, data.strip()))
            self._level = ""


async def test_the_cards_are_grouped_by_category(outside: Harness) -> None:
    browser = await outside.browser("alice")
    page = await browser.open(DASHBOARD)
    assert _Headings(page.text).found == [
        ("h2", "Productivity"),
        ("h3", "Google"),
        ("h3", "Notion"),
        ("h2", "Commerce"),
        ("h3", "Shopify"),
        ("h2", "Other"),
        ("h3", "Solo"),
    ]
    assert "0 of 4 connected" in words(browser)


async def test_a_connected_card_comes_first_and_shows_its_account(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("notion", ACCOUNTS["notion"])
    headings = [text for level, text in _Headings(browser.page.text).found if level == "h3"]
    assert headings == ["Notion", "Google", "Shopify"]
    text = words(browser)
    assert "1 of 3 connected" in text
    assert "Acme HQ" in text
    assert "Working" in text
    assert "Not used yet" in text
    assert "Connected just now" in text
    links = browser.links()
    assert links["Add account of Notion"] == "/connectors/notion"
    assert links["Connect Google"] == "/connectors/google"


async def test_the_front_page_is_the_dashboard_and_asks_who_is_there(gateway: Harness) -> None:
    browser = await gateway.browser()
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
    assert "0 of 3 connected" in words(browser)
    assert await rows.connections() == []
    assert len(sandbox.log(after=before, provider="google", endpoint="revoke")) == 1
    assert (await gateway.token("google", "alice")).json()["code"] == "connector_required"


async def test_disconnecting_a_shared_account_says_so_before_and_after(
    gateway: Harness, sandbox: SandboxProcess
) -> None:
    """B7: revoking would end the other person's connection as well."""
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


async def test_what_is_somebody_elses_has_no_page(gateway: Harness, rows: Rows) -> None:
    """F1."""
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


@pytest.mark.parametrize(
    ("fields", "text", "action"),
    [
        (
            {"status": "needs_reauth", "status_reason": "invalid_grant"},
            "The provider no longer accepts this connection. Reconnect to use it again.",
            "Reconnect ana.diaz@example.com",
        ),
        (
            {"status": "needs_scopes"},
            "Some permissions were not granted. Tools that need them will not work.",
            "Update access ana.diaz@example.com",
        ),
    ],
)
async def test_an_account_that_needs_its_person_says_what_to_do(
    gateway: Harness, rows: Rows, fields: dict[str, str], text: str, action: str
) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    connection = (await rows.connection())["_id"]
    await rows.change_connection(connection, **fields)
    await browser.open(DASHBOARD)
    assert text in browser.text
    assert "1 needs attention" in words(browser)
    assert "Working" not in browser.text
    assert browser.links()[action] == f"/connectors/google?reconnect={connection}"
    await browser.open(browser.links()[action])
    await browser.submit(action="/v1/connectors/google/start")
    await browser.approve(ACCOUNTS["google"])
    assert browser.outcome() == "connected"
    assert "Working" in browser.text


async def test_a_token_that_is_over_and_cannot_be_renewed_needs_its_person(
    gateway: Harness, rows: Rows, clock: FakeClock
) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    row = await rows.connection()
    await rows.change_connection(row["_id"], tokens={**row["tokens"], "refresh": None})
    await browser.open(DASHBOARD)
    assert "Working" in browser.text
    clock.advance(hours=2)
    await browser.open(DASHBOARD)
    assert "Reconnect to use it again." in browser.text


async def test_the_time_of_last_use_is_told_in_a_persons_words(
    gateway: Harness, clock: FakeClock
) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("notion", ACCOUNTS["notion"])
    await gateway.token("notion", "alice")
    for passed, text in (
        ({}, "Last used just now"),
        ({"seconds": 61}, "Last used 1 minute ago"),
        ({"minutes": 5}, "Last used 6 minutes ago"),
        ({"hours": 2}, "Last used 2 hours ago"),
        ({"hours": 10}, "Last used 12 hours ago"),
        ({"hours": 11}, "Last used 23 hours ago"),
        ({"hours": 11}, "Last used 1 day ago"),
    ):
        clock.advance(**passed)
        await browser.open(DASHBOARD)
        assert text in words(browser)


async def test_developers_find_each_redirect_uri_and_where_to_register_it(
    gateway: Harness,
) -> None:
    browser = await gateway.browser("alice")
    page = await browser.open(DASHBOARD)
    shown = dict(re.findall(r'id="redirect-(\w+)" type="text" readonly value="([^"]+)"', page.text))
    assert shown == {
        name: f"{GATEWAY_URL}/v1/connectors/{name}/callback"
        for name in ("google", "notion", "shopify")
    }
    for console in (
        "https://console.cloud.google.com/apis/credentials",
        "https://www.notion.so/profile/integrations",
        "https://dev.shopify.com/dashboard",
    ):
        assert console in browser.text
    assert f'Gateway("{GATEWAY_URL}", api_key=key)' in browser.text
    assert "Not ready" not in browser.text


def test_every_outcome_has_a_kind_that_the_page_knows() -> None:
    assert {outcome.kind for outcome in OUTCOMES.values()} <= {
        "success", "info", "warning", "error",
    }  # fmt: skip
    assert len(OUTCOMES) > 12


async def test_every_outcome_has_its_notice(gateway: Harness, subtests: pytest.Subtests) -> None:
    browser = await gateway.browser("alice")
    for name, outcome in OUTCOMES.items():
        with subtests.test(name):
            reference = "req_0123456789abcdef"
            await browser.open(f"{DASHBOARD}?outcome={name}&connector=shopify&ref={reference}")
            assert outcome.title.replace("{name}", "Shopify") in browser.text
            assert outcome.text.replace("{name}", "Shopify") in browser.text
            assert f"notice-{outcome.kind}" in browser.page.text
            assert reference in browser.text
            assert "{name}" not in browser.text
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
