"""Keys, providers with facts of their own, and owners: in a browser, and by the SDK."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from connectors.catalog import Catalog
from gateway.client import ConnectorOff, SyncGateway, Token
from tests.real.conftest import running_dev
from tests.support.altered import altered
from tests.support.chromium import needs_chromium
from tests.support.dashboard import DASHBOARD, DevGateway, connect, sign_in

pytestmark = needs_chromium
ADMIN = "admin"
"""The name that the development login takes for the administrator's."""


def held(connector: str, person: str) -> dict[str, str]:
    """The values that the simulated provider gave to one of its accounts."""
    return dict(Catalog({}).sandbox_module(connector).PROVIDER.keys.held[person])


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevGateway]:
    """A gateway of its own: its platform has a credential of SerpAPI."""
    key = held("serpapi", "acme")["key"]
    with running_dev(tmp_path_factory.mktemp("dev"), PLATFORM_SERPAPI_KEY=key) as gateway:
        yield gateway


@pytest.fixture
def gateway(dev: DevGateway) -> Iterator[SyncGateway]:
    key = (dev.folder / "service-key").read_text().strip()
    with SyncGateway(dev.url, api_key=key) as gateway:
        yield gateway


def call(token: Token, path: str) -> Any:
    """Call the simulated API as a tool does; return its JSON answer."""
    answer = httpx.get(
        httpx.URL(f"{token.api.base_url}{path}").copy_merge_params(dict(token.api.query)),
        headers={"Accept": "application/json"} | dict(token.api.headers),
        trust_env=False,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def paste(page: Page, connector: str, values: dict[str, str], query: str = "") -> None:
    """Fill in the form of a connector that takes a key, and send it."""
    page.goto(f"/connectors/{connector}{query}")
    for name, value in values.items():
        page.locator(f"[name='input.{name}']").fill(value)
    page.get_by_role("button", name=re.compile("Check and")).click()


@pytest.mark.parametrize(
    ("connector", "typed", "host", "path"),
    [
        ("salesforce", {}, "acme.my.salesforce.com", "/services/oauth2/userinfo"),
        (
            "quickbooks",
            {"Company": "production"},
            "quickbooks.api.intuit.com",
            "/query?query=SELECT * FROM Customer",
        ),
        ("zoho-crm", {"Data centre": "zoho.eu"}, "www.zohoapis.eu", "/users"),
        ("mailchimp", {}, "us6.api.mailchimp.com", "/"),
    ],
)
def test_a_provider_that_tells_its_own_address_is_connected_and_called(
    profile: BrowserContext,
    gateway: SyncGateway,
    connector: str,
    typed: dict[str, str],
    host: str,
    path: str,
) -> None:
    """The host comes from the token, the callback, a choice, and a call for the account."""
    account = Catalog({}).sandbox_module(connector).PROVIDER.accounts[0]
    page = profile.new_page()
    sign_in(page, "walker")
    connect(page, connector, account.label, **typed)
    token = gateway.get_connector_token(connector, user="walker")
    assert f"/{host}/" in f"{token.api.base_url}/"
    if connector == "quickbooks":
        assert str(token.api.base_url).endswith(account.facts["realm"])
    call(token, path)


def test_a_wrong_key_is_refused_and_the_right_one_works_until_it_is_replaced(
    chromium: Browser, dev: DevGateway, gateway: SyncGateway
) -> None:
    right, other = held("openai", "ana")["key"], held("openai", "ben")["key"]
    wrong = altered(right)
    profile = chromium.new_context(base_url=dev.url)  # its console shows the 422
    page = profile.new_page()
    sign_in(page, "walker")
    with page.expect_response(re.compile("/v1/connectors/openai/connect")) as answered:
        paste(page, "openai", {"key": wrong})
    assert answered.value.status == 422
    expect(page.locator(".notice")).to_contain_text("does not accept this key")
    field = page.locator("[name='input.key']")
    expect(field).to_have_value("")
    expect(field).to_have_attribute("type", "password")
    assert wrong not in page.content()

    field.fill(right)
    page.get_by_label("Name (optional)").fill("Reports")
    page.get_by_role("button", name="Check and connect").click()
    page.wait_for_url(DASHBOARD)
    card = page.locator("#connector-openai")
    expect(card).to_contain_text("Reports")
    token = gateway.get_connector_token("openai", user="walker")
    assert (token.access_token, token.connection.account_label) == (right, "Reports")
    assert call(token, "/models")["data"]

    card.get_by_role("button", name=re.compile("Check again")).click()
    expect(page.locator(".notice")).to_contain_text("The key works")
    card.get_by_role("link", name=re.compile("Replace key")).click()
    page.locator("[name='input.key']").fill(other)
    page.get_by_role("button", name="Check and replace").click()
    expect(page.locator(".notice")).to_contain_text("The key is replaced")
    assert gateway.get_connector_token("openai", user="walker").access_token == other
    assert right not in page.content() + str(profile.cookies())
    profile.close()


def test_client_credentials_are_exchanged_for_a_token_that_works(
    profile: BrowserContext, gateway: SyncGateway
) -> None:
    values = held("zoom", "acme")
    page = profile.new_page()
    sign_in(page, "walker")
    paste(page, "zoom", values)
    page.wait_for_url(DASHBOARD)
    expect(page.locator(".notice")).to_contain_text("Zoom is connected")
    token = gateway.get_connector_token("zoom", user="walker")
    assert token.access_token not in values.values()
    users = [user["email"] for user in call(token, "/users")["users"]]
    assert "ana@acme.example" in users
    newer = gateway.get_connector_token("zoom", user="walker", rejected_token=token)
    assert newer.access_token != token.access_token
    assert call(newer, "/users")


def test_a_credential_of_the_platform_serves_everybody_and_nobody_sees_it(
    profile: BrowserContext, gateway: SyncGateway
) -> None:
    key = held("serpapi", "acme")["key"]
    page = profile.new_page()
    sign_in(page, "walker")
    card = page.locator("#connector-serpapi")
    expect(card).to_contain_text("Tools")
    expect(card.locator(".account")).to_have_count(0)
    token = gateway.get_connector_token("serpapi", user="walker")
    assert token.connection.owner == "platform"
    assert key in (token.access_token, *token.api.query.values())
    assert key not in page.content()


def test_two_people_use_the_organisations_account_until_it_is_switched_off(
    chromium: Browser, profile: BrowserContext, dev: DevGateway, gateway: SyncGateway
) -> None:
    """A personal account wins over it, and a rule ends the use of both."""
    values = held("anthropic", "acme"), held("anthropic", "globex")
    page = profile.new_page()
    sign_in(page, ADMIN)
    page.goto("/dashboard/organisation")
    card = page.locator("#connector-anthropic")
    card.get_by_role("link", name=re.compile("Connect for everybody")).click()
    expect(page.locator(".consent")).to_contain_text("your organisation")
    for name, value in values[0].items():
        page.locator(f"[name='input.{name}']").fill(value)
    page.get_by_role("button", name="Check and connect").click()
    page.wait_for_url(re.compile("/dashboard/organisation"))
    expect(card.locator(".account")).to_have_count(1)

    shared = [gateway.get_connector_token("anthropic", user=user) for user in ("ann", "bea")]
    assert [token.connection.owner for token in shared] == ["org", "org"]
    assert shared[0].access_token == shared[1].access_token == values[0]["key"]

    other = chromium.new_context(base_url=dev.url)
    bea = other.new_page()
    sign_in(bea, "bea")
    expect(bea.locator("#connector-anthropic")).to_contain_text("organisation's account")
    paste(bea, "anthropic", values[1])
    bea.wait_for_url(DASHBOARD)
    own = gateway.get_connector_token("anthropic", user="bea")
    assert (own.connection.owner, own.access_token) == ("user", values[1]["key"])
    assert gateway.get_connector_token("anthropic", user="ann").connection.owner == "org"
    pinned = gateway.get_connector_token("anthropic", user="bea", owner="org")
    assert pinned.access_token == values[0]["key"]

    card.get_by_label("Who may use Anthropic").select_option("off")
    card.get_by_role("button", name=re.compile("Save")).click()
    expect(page.locator(".notice")).to_contain_text("The rule for Anthropic is saved")
    for user in ("ann", "bea"):
        with pytest.raises(ConnectorOff):
            gateway.get_connector_token("anthropic", user=user)
    bea.goto("/dashboard/connectors")
    expect(bea.locator("#connector-anthropic")).to_contain_text("switched this off")
    card.get_by_label("Who may use Anthropic").select_option("any")
    card.get_by_role("button", name=re.compile("Save")).click()
    expect(page.locator(".notice")).to_contain_text("is saved")
    assert gateway.get_connector_token("anthropic", user="bea").access_token == values[1]["key"]
    other.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_pages_of_keys_and_organisations_fit(
    chromium: Browser, dev: DevGateway, width: int
) -> None:
    context = chromium.new_context(base_url=dev.url, viewport={"width": width, "height": 800})
    page = context.new_page()
    sign_in(page, ADMIN)
    paste(page, "twilio", held("twilio", "acme"))
    page.wait_for_url(DASHBOARD)
    for path in (
        "/dashboard/connectors",
        "/dashboard/organisation",
        "/dashboard/apps/salesforce",
        "/connectors/datadog",
        "/connectors/quickbooks",
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        cards = "[...document.querySelectorAll('.card, .sheet')].map(card => card.offsetWidth)"
        assert min(page.evaluate(cards)) > 300, path
        cut = page.evaluate(
            "[...document.querySelectorAll('label, p, h1, h3, .button')]"
            ".filter(each => each.checkVisibility() && each.scrollWidth > each.clientWidth + 1)"
            ".filter(each => getComputedStyle(each).display !== 'inline')"
            ".map(each => each.textContent.trim())"
        )
        assert cut == [], path
    context.close()
