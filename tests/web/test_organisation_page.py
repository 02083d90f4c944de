"""What the dashboard says about owners, and the administrator's page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.browser import Browser, words
from tests.support.gateway import ACCOUNTS, FakeClock, Harness
from tests.support.organisation import ADMIN, connect_for_org, org_connections, owner_in
from tests.support.pasted import INPUTS, Providers, gateway_with_keys
from tests.support.tokens import connect

PAGE = "/dashboard/organisation"
DASHBOARD = "/dashboard/connectors"


async def note_on(browser: Browser, connector: str) -> tuple[str, bool]:
    """The words of a connector's card on the dashboard, and whether it offers to connect."""
    await browser.open(DASHBOARD)
    card = browser.page.text.partition(f'id="connector-{connector}"')[2].partition("</article>")[0]
    assert card
    text = " ".join(words(browser).split())
    return text, f'href="/connectors/{connector}"' in card


async def set_rule(browser: Browser, connector: str, rule: str) -> None:
    """Choose a rule on the administrator's page."""
    await browser.open(PAGE)
    await browser.submit({"rule": rule}, action=f"{PAGE}/{connector}")
    assert browser.outcome() == "rule_changed", browser.text[:500]


async def test_the_dashboard_says_whose_account_a_tool_gets(gateway: Harness) -> None:
    alice = await gateway.browser("alice")
    text, can_connect = await note_on(alice, "google")
    assert "Tools get your" not in text
    assert can_connect

    admin = await connect_for_org(gateway, "google")
    text, can_connect = await note_on(alice, "google")
    assert "Tools get your organisation's account." in text
    assert can_connect
    assert owner_in(await gateway.token("google", "alice")) == ("org", None)

    await connect(gateway, "google", account="google-work")
    text, _ = await note_on(alice, "google")
    assert "Tools get your own account, and not the one that your organisation has" in text
    assert owner_in(await gateway.token("google", "alice")) == ("user", "alice")

    await set_rule(admin, "google", "org")
    text, can_connect = await note_on(alice, "google")
    assert "allows its own account only. Tools get your organisation's account." in text
    assert not can_connect
    assert owner_in(await gateway.token("google", "alice")) == ("org", None)

    await set_rule(admin, "google", "off")
    text, can_connect = await note_on(alice, "google")
    assert "Your organisation has switched this off: tools get no access." in text
    assert not can_connect


async def test_the_dashboard_says_that_a_needed_account_is_missing(gateway: Harness) -> None:
    admin = await gateway.browser(ADMIN)
    await set_rule(admin, "notion", "org")
    text, can_connect = await note_on(await gateway.browser("alice"), "notion")
    assert "allows its own account only. It has none yet." in text
    assert not can_connect


async def test_an_administrator_manages_everything_on_one_page(gateway: Harness) -> None:
    browser = await gateway.browser(ADMIN)
    await browser.open(DASHBOARD)
    assert browser.links()["Organisation"] == PAGE
    await browser.open(PAGE)
    link = next(href for href in browser.links().values() if href == "/connectors/google?owner=org")
    await browser.open(link)
    await browser.submit(action="/v1/connectors/google/start")
    await browser.approve(ACCOUNTS["google"])
    assert (browser.outcome(), PAGE in browser.url) == ("connected", True)
    assert ACCOUNTS["google"].partition(" (")[0] in browser.text or "example.com" in browser.text

    (shared,) = await org_connections(gateway)
    await gateway.token("google", "alice")
    await gateway.services.audit.flush()
    await browser.open(f"/dashboard/activity?connection={shared['id']}")
    assert "Access given to a tool" in words(browser)
    await browser.open(PAGE)
    await browser.open(f"/dashboard/connections/{shared['id']}/disconnect")
    await browser.submit(action=f"/dashboard/connections/{shared['id']}/disconnect")
    assert (browser.outcome(), PAGE in browser.url) == ("disconnected_yes", True)
    assert await org_connections(gateway) == []


@pytest.mark.requirement("F1")
async def test_other_people_do_not_get_the_page(gateway: Harness) -> None:
    admin = await connect_for_org(gateway, "google")
    (shared,) = await org_connections(gateway)
    await gateway.token("google", "bob")
    await gateway.services.audit.flush()
    browser = await gateway.browser("alice")
    await browser.open(DASHBOARD)
    assert "Organisation" not in browser.links()
    assert (await browser.open(PAGE)).status_code == 403
    assert shared["account_label"] not in browser.text
    await browser.open(f"/dashboard/activity?connection={shared['id']}")
    assert "Access given to a tool" not in words(browser)

    await admin.open(PAGE)
    await browser.open(DASHBOARD)
    answer = await browser.client.post(
        f"{browser.gateway_url}{PAGE}/google",
        data={"rule": "off", "csrf_token": browser.csrf_token()},
        headers={"Origin": browser.gateway_url},
    )
    assert answer.status_code == 403
    unsent = await admin.client.post(
        f"{admin.gateway_url}{PAGE}/google",
        data={"rule": "off", "csrf_token": "guessed"},
        headers={"Origin": admin.gateway_url},
    )
    assert unsent.status_code == 403
    assert (await gateway.token("google", "alice")).status_code == 200
    signed_out = await gateway.browser()
    await signed_out.open(PAGE)
    assert "/login" in signed_out.url


async def test_a_person_sees_that_a_tool_used_the_organisations_account(gateway: Harness) -> None:
    await connect_for_org(gateway, "google")
    await gateway.token("google", "alice")
    await gateway.services.audit.flush()
    browser = await gateway.browser("alice")
    await browser.open("/dashboard/activity")
    assert "your organisation's account" in words(browser)
    (shared,) = await org_connections(gateway)
    assert shared["account_label"] not in browser.text


async def test_an_unknown_rule_is_refused(gateway: Harness) -> None:
    browser = await gateway.browser(ADMIN)
    await browser.open(PAGE)
    answer = await browser.submit({"rule": "sometimes"}, action=f"{PAGE}/google")
    assert answer.status_code == 422


async def test_the_dashboard_shows_what_the_platform_gives(
    mongodb_url: str, database_name: str, tmp_path: Path, clock: FakeClock
) -> None:
    env = {f"PLATFORM_KEYED_{name.upper()}": value for name, value in INPUTS.items()}
    async with gateway_with_keys(
        mongodb_url, database_name, tmp_path, Providers(), clock=clock, env=env
    ) as gateway:
        browser = await gateway.browser("alice")
        text, can_connect = await note_on(browser, "keyed")
        assert "Tools get an account of this platform." in text
        assert can_connect
        text, _ = await note_on(browser, "tokened")
        assert text.count("Tools get an account of this platform.") == 1
