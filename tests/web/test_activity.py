"""The audit as people see it: the users of their accounts, and only their own lines."""

from __future__ import annotations

import html
import re

import pytest

from gateway.access.service_keys import Role
from gateway.store.audit import Action
from gateway.web.activity import ACTIVITY, PAGE, TITLES
from tests.support.browser import Browser, words
from tests.support.gateway import ACCOUNTS, FakeClock, Harness
from tests.support.rows import Rows
from tests.web.test_hostile_labels import HOSTILE

DASHBOARD = "/dashboard/connectors"


async def connected(gateway: Harness, user: str = "alice") -> Browser:
    browser = await gateway.browser(user)
    await browser.connect("google", ACCOUNTS["google"])
    return browser


async def read(browser: Browser, path: str) -> str:
    """The words of a page."""
    await browser.open(path)
    return words(browser)


async def use(gateway: Harness, label: str, user: str = "alice", tenant: str = "default") -> None:
    """A tool with a key of this label takes a token."""
    _, secret = await gateway.services.keys.create(tenant=tenant, roles=[Role.TOKENS], label=label)
    api = await gateway.api()
    await api.post(
        "/v1/connectors/google/token",
        json={"user": user},
        headers={"Authorization": f"Bearer {secret.reveal()}"},
    )
    await gateway.services.audit.flush()


async def test_the_dashboard_says_which_tools_used_an_account_and_when(
    gateway: Harness, clock: FakeClock
) -> None:
    browser = await connected(gateway)
    await browser.open(DASHBOARD)
    assert "Not used yet" in words(browser)
    await use(gateway, "mail merge")
    clock.advance(minutes=5)
    await use(gateway, "reports")
    clock.advance(minutes=3)
    page = await read(browser, DASHBOARD)
    assert "Last used 3 minutes ago by reports" in page
    assert "Used in 30 days by reports, 3 minutes ago mail merge, 8 minutes ago" in page


async def test_a_key_without_a_label_is_named_by_its_id(gateway: Harness) -> None:
    browser = await connected(gateway)
    await use(gateway, "")
    (key,) = await gateway.services.keys.list_for("default")
    assert f"by key {key.id}" in await read(browser, DASHBOARD)


async def test_a_use_of_long_ago_is_not_shown_as_a_recent_one(
    gateway: Harness, clock: FakeClock
) -> None:
    browser = await connected(gateway)
    await use(gateway, "reports")
    clock.advance(days=31)
    browser = await gateway.browser("alice")
    page = await read(browser, DASHBOARD)
    assert "by reports" not in page
    assert "Used in 30 days by nobody" in page


async def test_people_see_their_own_lines_and_nobody_else_s(gateway: Harness) -> None:
    alice, bob = await connected(gateway), await gateway.browser("bob")
    await use(gateway, "reports")
    await use(gateway, "spying", user="bob")
    page = await read(alice, ACTIVITY)
    assert "Access given to a tool" in page
    assert "by reports" in page
    assert "Account connected" in page
    assert "by you" in page
    assert "spying" not in page
    page = await read(bob, ACTIVITY)
    assert "A tool got no access" in page
    assert "no account is connected" in page
    assert "by spying" in page
    assert "reports" not in page
    assert "Ana Diaz" not in page


@pytest.mark.requirement("F2")
async def test_the_same_person_of_another_tenant_is_another_one(gateway: Harness) -> None:
    browser = await connected(gateway)
    await use(gateway, "foreign", tenant="acme")
    assert "foreign" not in (await browser.open(ACTIVITY)).text
    assert "foreign" not in (await browser.open(DASHBOARD)).text


async def test_one_account_s_activity_is_of_one_s_own_accounts_only(
    gateway: Harness, rows: Rows
) -> None:
    alice = await connected(gateway)
    await use(gateway, "reports")
    path = f"{ACTIVITY}?connection={(await rows.connection())['_id']}"
    assert f'href="{path}"' in (await alice.open(DASHBOARD)).text
    page = await read(alice, path)
    assert "by reports" in page
    assert "Signed in by you" not in page
    bob = await gateway.browser("bob")
    page = await read(bob, path)
    assert "Nothing here yet" in page
    assert "Ana Diaz" not in page


async def test_lines_that_are_alike_are_one_entry_and_old_ones_are_a_page_away(
    gateway: Harness,
) -> None:
    browser = await gateway.browser("alice")
    for number in range(PAGE + 5):
        gateway.services.audit.note(
            Action.TOKEN_ISSUED,
            tenant="default",
            user="alice",
            connector="google",
            connection="con_new" if number > 2 else "con_old",
        )
    await gateway.services.audit.flush()
    page = await read(browser, ACTIVITY)
    assert f"{PAGE} times" in page
    assert page.count("an account that is disconnected now") == 1
    page = await read(browser, browser.links()["Older"])
    assert "2 times" in page  # the rest of the new ones
    assert "3 times" in page
    assert page.count("an account that is disconnected now") == 2
    assert "con_" not in page
    assert "Signed in by you" in page
    assert "Older" not in browser.links()


@pytest.mark.requirement("G3")
async def test_a_hostile_label_is_a_text(gateway: Harness, subtests: pytest.Subtests) -> None:
    """A key's label can be any printable text."""
    browser = await connected(gateway)
    for label in filter(str.isprintable, HOSTILE):
        await use(gateway, label)
        shown = html.escape(label).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
        for path in (DASHBOARD, ACTIVITY):
            with subtests.test(label=label, path=path):
                page = (await browser.open(path)).text
                assert shown in page
                assert "<" not in label or label not in page


@pytest.mark.parametrize("query", ["cursor=x", "user=bob", "connection=a&connection=b"])
async def test_a_question_that_is_none_is_refused(gateway: Harness, query: str) -> None:
    browser = await gateway.browser("alice")
    assert (await browser.open(f"{ACTIVITY}?{query}")).status_code == 422


async def test_lines_stand_below_their_day_with_their_time(
    gateway: Harness, clock: FakeClock
) -> None:
    browser = await connected(gateway)
    began = clock()
    await use(gateway, "reports")
    clock.advance(days=1)
    browser = await gateway.browser("alice")
    page = (await browser.open(ACTIVITY)).text
    titles = re.findall(r'<h2 class="small-title" id="day-\d">(.*?)</h2>', page)
    assert [title.partition(" · ")[0] for title in titles] == ["Today", "Yesterday"]
    assert f"{began:%A}, {began.day} {began:%B %Y}" in titles[1]
    assert f">{began:%H:%M:%S}</time>" in page
    (choice,) = re.findall(r'<option value="(con_\w+)">Google: ', page)
    page = (await browser.open(f"{ACTIVITY}?connection={choice}")).text
    assert f'<option value="{choice}" selected>' in page


@pytest.mark.parametrize(
    ("outcome", "title"), [("approved", "You approved a call"), ("denied", "You denied a call")]
)
async def test_a_decision_is_no_problem(gateway: Harness, outcome: str, title: str) -> None:
    browser = await gateway.browser("alice")
    await gateway.services.audit.write(
        Action.APPROVAL_DECIDED, outcome=outcome, tenant="default", user="alice"
    )
    text = await read(browser, ACTIVITY)
    assert title in text
    assert "Because" not in text


def test_every_action_of_a_person_has_a_title_in_words() -> None:
    assert all(" " in title or title == "Signed out" for title in TITLES.values())
    assert {Action.TOOL_CALLED, Action.APPROVAL_ASKED, Action.AGENT_ALLOWED} <= {*TITLES}


async def test_one_must_be_signed_in_and_comes_back(gateway: Harness) -> None:
    browser = await gateway.browser()
    await browser.open(ACTIVITY)
    assert browser.page.url.path == "/login"
    await browser.submit({"name": "alice"}, action="/login")
    assert browser.page.url.path == ACTIVITY
    assert "Signed in by you" in words(browser)
