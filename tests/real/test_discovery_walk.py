"""The discovery walk of a newcomer: not connected, connected in a browser, called, revoked.

The gateway is ``make dev``'s, the person a real browser, the agent the SDK with nothing but the
service key that ``make dev`` made.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from gateway.client import (
    ConnectorRequired,
    InvalidArguments,
    ReauthorizationRequired,
    SyncGateway,
    SyncUserContext,
    Tool,
    ToolList,
    ToolUnknown,
)
from tests.support.chromium import needs_chromium
from tests.support.dashboard import DASHBOARD, DevGateway, sign_in

pytestmark = needs_chromium
SEARCH = "notion_search_pages"
ACCOUNT = "Acme HQ (Ana Diaz)"


def listed(tools: ToolList) -> Tool:
    """The tool of the walk."""
    return next(tool for tool in tools if tool.name == SEARCH)


def link_of(person: SyncUserContext, reason: str) -> str:
    """The link that discovery gives the person, who cannot call the tool for ``reason``."""
    tool = listed(person.tools(query="search notion pages"))
    assert (tool.available, tool.reason) == (False, reason)
    (needed,) = tool.connector_required
    assert (needed.connector, needed.reason) == ("notion", reason)
    assert all(each["name"] != SEARCH for each in person.tools().for_anthropic())
    return needed.connect_url


def follow(page: Page, link: str, button: str) -> None:
    """Open a link that discovery gave, and connect."""
    page.goto(link)
    page.get_by_role("button", name=re.compile(button)).click()
    page.get_by_role("button", name=ACCOUNT, exact=True).click()
    page.wait_for_url(DASHBOARD)
    expect(page.locator(".notice")).to_contain_text(re.compile("is (re)?connected"))


def test_a_tool_is_found_connected_called_and_lost_again(
    profile: BrowserContext, dev: DevGateway
) -> None:
    page = profile.new_page()
    sign_in(page, "walker")
    key = (dev.folder / "service-key").read_text().strip()
    with SyncGateway(dev.url, api_key=key) as gateway:
        walker = gateway.for_user("walker")

        # Not connected: the tool is not available, and the link leads to where it becomes so.
        link = link_of(walker, "connector_required")
        assert link == f"{dev.url}/connectors/notion?tool={SEARCH}"
        with pytest.raises(ConnectorRequired) as missing:
            walker.call(SEARCH, {"query": "Roadmap"})
        assert missing.value.connect_url == link
        assert "notion" not in {account.kind for account in walker.tools().connectors}

        # The person opens the link in a browser and connects.
        follow(page, link, "Continue to Notion")

        # Connected: available, without a word about connecting, and listed with its account.
        tools = walker.tools()
        tool = listed(tools)
        assert (tool.available, tool.reason, tool.connector_required) == (True, None, ())
        (account,) = [each for each in tools.connectors if each.kind == "notion"]
        assert account.display_name == "Notion"
        assert account.account_label == "Acme HQ"
        assert account.is_default
        assert account.owner == "user"
        assert SEARCH in {each["name"] for each in tools.for_openai()}

        # It works, and only for this person.
        found = walker.call(SEARCH, {"query": "Roadmap"}).result["results"]
        assert [each["object"] for each in found] == ["page"]
        assert walker.call(SEARCH, {"query": "no such page"}).result["results"] == []
        with pytest.raises(InvalidArguments) as wrong:
            walker.call(SEARCH, {"query": "Roadmap", "page_size": 1000})
        assert list(wrong.value.fields) == ["page_size"]
        with pytest.raises(ToolUnknown):
            walker.call("notion_no_such_tool")
        link_of(gateway.for_user("somebody-else"), "connector_required")

        # The provider ends the token early: the call that reads gets a new one, and is repeated.
        dev.sandbox.expire("notion")
        assert walker.call(SEARCH, {"query": "Roadmap"}).result["results"] == found

        # The person removes the app at the provider: the next call finds out.
        dev.sandbox.end("notion")
        with pytest.raises(ReauthorizationRequired) as ended:
            walker.call(SEARCH, {"query": "Roadmap"})
        again = link_of(walker, "reauthorization_required")
        assert ended.value.connect_url.startswith(f"{dev.url}/connectors/notion?")
        assert again.startswith(f"{dev.url}/connectors/notion?")

        # Connected again by the new link, it works as before.
        follow(page, again, "Continue to Notion|Reconnect|Connect")
        assert listed(walker.tools()).available
        assert walker.call(SEARCH, {"query": "Roadmap"}).result["results"] == found
