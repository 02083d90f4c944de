"""The page behind the ``connect_url`` of a tool."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from gateway.store.policies import Decision, PolicyRule
from tests.support.browser import Browser, words
from tests.support.gateway import ACCOUNTS, Harness
from tests.tools.test_discovery_api import tool

GMAIL = "https://www.googleapis.com/auth/gmail.readonly"


def asked(browser: Browser) -> list[str]:
    """The scopes of the authorization request that the browser followed."""
    url = next(str(page.url) for page in browser.history if "scope=" in str(page.url))
    return parse_qs(urlsplit(url).query)["scope"][0].split()


async def link_of(gateway: Harness, name: str) -> str:
    """Where a tool's user connects."""
    return str((await tool(gateway, name))["connector_required"][0]["connect_url"])


async def test_the_page_says_what_a_tool_does_and_asks_for_its_scopes(gateway: Harness) -> None:
    name = "gmail_search_messages"
    registered = gateway.services.registry.tool(name)
    browser = await gateway.browser("alice")
    await browser.open(await link_of(gateway, name))
    page = words(browser)
    assert f"The tool {name} needs this: {registered.description}" in page
    assert "It only reads." in page
    assert "It needs: Gmail, reading (Read mail)." in page
    assert "calls itself" not in page
    await browser.submit(action="/v1/connectors/google/start")
    assert GMAIL in asked(browser)
    await browser.approve(ACCOUNTS["google"])
    assert browser.outcome() == "connected"
    assert (await tool(gateway, name))["available"] is True


async def test_a_link_that_names_the_tool_alone_asks_for_its_scopes(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    await browser.open("/connectors/google?tool=gmail_search_messages")
    await browser.submit(action="/v1/connectors/google/start")
    assert GMAIL in asked(browser)


async def test_an_account_without_a_tools_scopes_is_asked_for_more(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    assert await browser.connect("google", ACCOUNTS["google"]) == "connected"
    entry = await tool(gateway, "gmail_search_messages")
    assert (entry["available"], entry["reason"]) == (False, "scopes_required")
    await browser.open(entry["connector_required"][0]["connect_url"])
    await browser.submit(action="/v1/connectors/google/start")
    await browser.approve(ACCOUNTS["google"])
    assert (await tool(gateway, "gmail_search_messages"))["available"] is True


async def test_a_tool_of_another_connector_is_not_believed(gateway: Harness) -> None:
    """Nor one that is switched off, nor one that does not exist."""
    browser = await gateway.browser("alice")
    await browser.open("/connectors/google?tool=notion_search_pages")
    assert "A tool that calls itself “notion_search_pages” asks for this." in words(browser)
    assert "needs this" not in words(browser)
    await gateway.services.policies.set("default", rules=[], disabled=["notion"], revision=0)
    await browser.open("/connectors/notion?tool=notion_search_pages")
    assert "A tool that calls itself “notion_search_pages” asks for this." in words(browser)


async def test_the_page_for_a_key_says_the_same(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    await browser.open("/connectors/notion?tool=notion_search_pages")
    assert 'href="/connectors/notion?method=key&amp;tool=notion_search_pages"' in browser.page.text
    await browser.open("/connectors/notion?method=key&tool=notion_search_pages")
    assert "The tool notion_search_pages needs this: " in words(browser)


async def test_a_policy_that_asks_is_no_reason_to_hide_what_the_tool_is(gateway: Harness) -> None:
    rule = PolicyRule(id="r1", pattern="*", decision=Decision.ASK)
    await gateway.services.policies.set("default", rules=[rule], disabled=[], revision=0)
    browser = await gateway.browser("alice")
    await browser.open("/connectors/notion?tool=notion_search_pages")
    assert "The tool notion_search_pages needs this: " in words(browser)
