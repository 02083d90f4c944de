"""The page behind every connect link, and the values it asks for."""

from __future__ import annotations

import html
from urllib.parse import quote, urlsplit

import pytest

from tests.conftest import GATEWAY_URL
from tests.support.browser import words
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.rows import Rows


async def test_the_sign_in_page_names_the_connector_and_the_tool(gateway: Harness) -> None:
    browser = await gateway.browser()
    await browser.open("/connectors/notion?tool=notes%3Cb%3E")
    await browser.open("/connectors/notion?tool=meeting-notes")
    assert "Sign in to connect Notion" in words(browser)
    assert "A tool that calls itself “meeting-notes” asks for this." in words(browser)
    await browser.open("/login")
    assert "to connect" not in words(browser)
    await browser.open("/login?next=/connectors/nowhere")
    assert "to connect" not in words(browser)


async def test_permissions_are_sentences_with_their_raw_names_below(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    await browser.open("/connectors/google")
    text = words(browser)
    assert "Google will ask you to allow: See which account you use" in text
    assert "See your e-mail address" in text
    assert text.index("as Google names them") < text.index("googleapis.com")


async def test_a_connect_link_with_a_tool_survives_the_sign_in(
    gateway: Harness, rows: Rows
) -> None:
    browser = await gateway.browser()
    await browser.open("/connectors/google?tool=Calendar+helper")
    assert urlsplit(browser.url).path == "/login"
    await browser.submit({"name": "alice"}, action="/login")
    assert urlsplit(browser.url).path == "/connectors/google"
    assert "A tool that calls itself “Calendar helper” asks for this." in words(browser)
    assert "You are signed in as alice." in words(browser)

    await browser.submit(action="/v1/connectors/google/start")
    assert (await rows.flow())["tool"] == "Calendar helper"
    await browser.approve(ACCOUNTS["google"])
    assert browser.outcome() == "connected"


async def test_a_tool_whose_name_cannot_be_returned_to_still_leads_to_the_connector(
    gateway: Harness,
) -> None:
    browser = await gateway.browser()
    await browser.open("/connectors/google?tool=mcp:calendar@home")
    await browser.submit({"name": "alice"}, action="/login")
    assert urlsplit(browser.url).path == "/connectors/google"


@pytest.mark.requirement("G3")
async def test_a_tools_name_is_cut_and_shown_as_text(gateway: Harness) -> None:
    """The creator of the link chose the name."""
    browser = await gateway.browser("alice")
    name = "<img src=x onerror=alert(1)>" + "x" * 200
    await browser.open(f"/connectors/google?tool={quote(name)}")
    assert "<img src=x" not in browser.page.text
    assert f"calls itself “{name[:80]}”" in words(browser)
    assert name[:81] not in browser.text


async def test_the_connect_page_says_what_is_asked_for_and_what_is_linked(
    gateway: Harness, rows: Rows
) -> None:
    browser = await gateway.browser("alice")
    await browser.connect("google", ACCOUNTS["google"])
    await browser.open("/connectors/google")
    assert "https://www.googleapis.com/auth/userinfo.email" in browser.text
    assert "Already linked: ana.diaz@example.com." in words(browser)
    assert len(await rows.flows()) == 1  # looking at the page starts nothing


async def test_the_other_name_of_a_connector_opens_its_page(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    await browser.open("/connectors/google-workspace")
    await browser.submit(action="/v1/connectors/google/start")
    await browser.approve(ACCOUNTS["google"])
    assert browser.outcome() == "connected"


@pytest.mark.parametrize("name", ["unknown", "GOOGLE", "google%00", "..%2fgoogle", "x" * 5000])
async def test_a_connector_that_does_not_exist_has_no_page(gateway: Harness, name: str) -> None:
    browser = await gateway.browser("alice")
    page = await browser.open(f"/connectors/{name}")
    assert page.status_code == 404
    assert "status 404" in browser.text


@pytest.mark.requirement("H4")
@pytest.mark.parametrize(
    "typed",
    ["evil.com/", "evil.com#", "a@b", "acme.evil.com", "-acme", "a\nb", "ünïcode", "x" * 64],
)
async def test_a_value_that_does_not_fit_is_explained_beside_its_field(
    gateway: Harness, rows: Rows, typed: str
) -> None:
    """Typed text must never become another host."""
    browser = await gateway.browser("alice")
    page = await browser.start("shopify", shop=typed)
    assert page.status_code == 422
    assert urlsplit(browser.url).netloc == urlsplit(GATEWAY_URL).netloc
    assert '<p class="field-error" id="config-shop-error">' in page.text
    assert "This does not look right. Example: acme.myshopify.com" in browser.text
    assert 'aria-invalid="true"' in page.text
    assert f'value="{html.escape(typed)}"' in page.text
    assert await rows.flows() == []
    assert not [name for name in browser.client.cookies if "flow" in name]

    await browser.submit({"config.shop": "acme"}, action="/v1/connectors/shopify/start")
    await browser.approve(ACCOUNTS["shopify"])
    assert browser.outcome() == "connected"


async def test_an_empty_value_is_asked_for_by_its_title(gateway: Harness, rows: Rows) -> None:
    browser = await gateway.browser("alice")
    page = await browser.start("shopify", shop="  ")
    assert page.status_code == 422
    assert "Please fill in: Store." in browser.text
    assert await rows.flows() == []


@pytest.mark.parametrize(
    "typed", ["acme", " ACME ", "https://acme.myshopify.com/", "acme.myshopify.com"]
)
async def test_input_is_read_as_the_person_most_likely_meant_it(
    gateway: Harness, rows: Rows, typed: str
) -> None:
    browser = await gateway.browser("alice")
    await browser.start("shopify", shop=typed)
    assert (await rows.flow())["connection_config"] == {"shop": "acme"}


async def test_a_failed_form_keeps_the_tool_it_was_opened_for(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    await browser.start("shopify", "?tool=orders", shop="not a shop")
    assert "calls itself “orders”" in words(browser)


@pytest.mark.parametrize("count", [1, 21, 40])
async def test_values_that_nobody_asked_for_are_refused(
    gateway: Harness, rows: Rows, count: int
) -> None:
    browser = await gateway.browser("alice")
    page = await browser.start("google", **{f"extra{n}": "x" for n in range(count)})
    assert page.status_code == 422
    assert await rows.flows() == []


@pytest.mark.parametrize("connector", ["datadog", "twilio", "telegram", "openai", "google"])
async def test_a_form_says_that_the_provider_is_simulated(gateway: Harness, connector: str) -> None:
    """Also where a pasted value stands in the address of its API."""
    browser = await gateway.browser("alice")
    await browser.open(f"/connectors/{connector}")
    assert "No real account is touched." in browser.text
