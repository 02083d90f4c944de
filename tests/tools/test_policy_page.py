"""The administrator's page of policies: what a change does is shown before it is saved."""

from __future__ import annotations

import html
import re

import httpx
import pytest

from gateway.access.service_keys import Role
from gateway.store.policies import PolicySet
from gateway.web.policy_pages import POLICIES
from tests.conftest import GATEWAY_URL
from tests.support.browser import Browser
from tests.support.gateway import Harness
from tests.support.organisation import ADMIN

RULE = {"pattern": "notion_create_*", "decision": "block"}


@pytest.fixture
async def page(gateway: Harness) -> Browser:
    """The page, opened by an administrator."""
    browser = await gateway.browser(ADMIN)
    await browser.open(POLICIES)
    return browser


async def stored(gateway: Harness) -> PolicySet:
    return await gateway.services.policies.read("default")


async def preview(page: Browser, **more: str) -> None:
    """Fill in the form of a new rule, and send it."""
    await page.submit(RULE | more, button="Show what it changes")


def shown(page: Browser) -> str:
    """The words of the page; what is in cells beside each other has a space between."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page.page.text)).split())


async def save(page: Browser) -> None:
    await page.submit(button="Save this change")


async def post(
    browser: Browser, *, token: str | None, site: str = GATEWAY_URL, **more: str
) -> httpx.Response:
    """Send the form of a new rule as another page would; ``confirmed`` saves it at once."""
    form = {"change": "add", "confirmed": "0"} | RULE | more
    if token is not None:
        form["csrf_token"] = token
    return await browser.client.post(GATEWAY_URL + POLICIES, data=form, headers={"Origin": site})


async def test_a_rule_is_previewed_saved_and_removed(gateway: Harness, page: Browser) -> None:
    await preview(page)
    text = shown(page)
    assert "What this changes" in text
    assert "notion_create_page asks first blocked" in text
    assert "notion_append_text" not in text
    assert "notion_search_pages" not in text
    assert await stored(gateway) == PolicySet()

    await save(page)
    assert page.outcome() == "policies_changed"
    assert "notion_create_* blocked" in shown(page)
    (rule,) = (await stored(gateway)).rules
    assert (rule.pattern, rule.decision.value, rule.user) == ("notion_create_*", "block", None)

    await page.submit(action=POLICIES, button="Remove the rule for notion_create_*")
    assert "notion_create_page blocked asks first" in shown(page)
    assert (await stored(gateway)).rules == (rule,)
    await save(page)
    assert (await stored(gateway)).rules == ()


async def test_a_rule_for_one_user_says_for_whom_it_is(gateway: Harness, page: Browser) -> None:
    await preview(page, user="bob", pattern="notion_search_*", decision="ask")
    assert "notion_search_pages for bob runs asks first" in shown(page)
    await save(page)
    assert "notion_search_* asks first, for bob" in shown(page)
    assert [rule.user for rule in (await stored(gateway)).rules] == ["bob"]


async def test_a_rule_that_changes_no_tool_says_so(page: Browser) -> None:
    await preview(page, pattern="no_such_tool")
    assert "No tool of today changes" in shown(page)


async def test_the_tools_of_a_connector_are_switched_off_and_on(
    gateway: Harness, page: Browser
) -> None:
    await page.submit(button="Switch off the tools of Notion")
    assert "notion_search_pages runs not offered" in shown(page)
    assert (await stored(gateway)).disabled == frozenset()
    await save(page)
    assert (await stored(gateway)).disabled == {"notion"}
    await page.submit(button="Switch on the tools of Notion")
    assert "notion_search_pages not offered runs" in shown(page)
    await save(page)
    assert (await stored(gateway)).disabled == frozenset()


async def test_what_somebody_else_changed_meanwhile_is_in_a_new_preview(
    gateway: Harness, page: Browser
) -> None:
    await preview(page)
    api = await gateway.api(Role.ADMIN)
    other = {"id": "all", "pattern": "notion_create_page", "decision": "block"}
    answer = await api.put("/v1/policies", json={"revision": 0, "rules": [other]})
    assert answer.status_code == 200

    await save(page)
    text = shown(page)
    assert "Somebody changed the policies since" in text
    assert "notion_create_page" not in text  # it is blocked already
    assert "notion_create_row asks first blocked" in text
    assert [rule.id for rule in (await stored(gateway)).rules] == ["all"]
    await save(page)
    after = await stored(gateway)
    assert after.revision == 2
    assert [rule.pattern for rule in after.rules] == ["notion_create_page", "notion_create_*"]


@pytest.mark.parametrize("pattern", ["", "Notion create", "notion/create", "a" * 300, "*" * 20])
async def test_a_mistake_is_named_and_what_was_typed_stays(
    gateway: Harness, page: Browser, pattern: str
) -> None:
    await preview(page, pattern=pattern, user="bob")
    assert page.page.status_code == 422
    assert "Nothing was changed" in shown(page)
    assert 'value="bob"' in page.page.text
    assert "String should" not in shown(page)
    assert await stored(gateway) == PolicySet()


async def test_what_does_not_exist_is_not_changed(gateway: Harness, page: Browser) -> None:
    token = page.csrf_token()
    for more, status in (
        ({"change": "remove", "id": "no-such"}, 404),
        ({"change": "disable", "connector": "no-such"}, 404),
        ({"change": "turn"}, 422),
    ):
        assert (await post(page, token=token, **more)).status_code == status
    assert await stored(gateway) == PolicySet()


@pytest.mark.requirement("G2")
async def test_a_forged_form_changes_nothing(gateway: Harness, page: Browser) -> None:
    token = page.csrf_token()
    assert (await post(page, token=None)).status_code == 403
    assert (await post(page, token="0" * 64)).status_code == 403
    assert (await post(page, token=token, site="https://evil.example")).status_code == 403
    assert await stored(gateway) == PolicySet()
    assert (await post(page, token=token)).status_code == 303
    assert len((await stored(gateway)).rules) == 1


@pytest.mark.requirement("F1")
async def test_only_an_administrator_sees_and_changes_policies(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    token = browser.csrf_token()
    assert (await browser.open(POLICIES)).status_code == 403
    assert "notion" not in browser.text
    assert (await post(browser, token=token)).status_code == 403
    nobody = await gateway.browser()
    assert (await post(nobody, token=token)).status_code in {303, 401}
    assert await stored(gateway) == PolicySet()
