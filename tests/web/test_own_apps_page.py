"""The page on which an administrator sets the own app of a connector."""

from __future__ import annotations

import pytest

from tests.conftest import GATEWAY_URL
from tests.support.browser import words
from tests.support.gateway import ACCOUNTS, Harness
from tests.support.sandbox import SandboxProcess

PAGE = "/dashboard/apps/google"
APP = {"app.client_id": "acme-client", "app.client_secret": "acme-secret-1"}


async def test_an_administrator_sets_replaces_and_removes_an_app(
    gateway: Harness, sandbox: SandboxProcess
) -> None:
    sandbox.register("google", "acme-client", "acme-secret-1")
    browser = await gateway.browser("admin")
    await browser.open("/dashboard/developers")
    assert f'href="{PAGE}"' in browser.page.text
    await browser.open(PAGE)
    assert f"{GATEWAY_URL}/v1/connectors/google/callback" in browser.text.replace("<wbr>", "")
    assert "with the app of this gateway" in words(browser)

    await browser.submit(APP, action=PAGE)
    assert browser.outcome() == "app_set"
    assert "acme-client in use Set just now" in words(browser)
    assert "acme-secret-1" not in browser.text
    person = await gateway.browser("alice")
    assert await person.connect("google", ACCOUNTS["google"]) == "connected"

    await browser.open(PAGE)
    await browser.submit(action="/remove")
    assert browser.outcome() == "app_forgotten"
    assert "acme-client" not in browser.text


async def test_what_cannot_be_right_is_said_at_its_field(gateway: Harness) -> None:
    browser = await gateway.browser("admin")
    await browser.open(PAGE)
    page = await browser.submit({**APP, "app.client_secret": ""}, action=PAGE)
    assert page.status_code == 422
    assert "is missing" in browser.text
    assert 'value="acme-client"' in browser.page.text
    assert "Client secret (optional)" not in browser.text  # this provider's apps have one


async def test_nobody_else_sees_or_changes_apps(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    await browser.open("/dashboard/connectors")
    assert PAGE not in browser.page.text
    token = browser.csrf_token()
    assert (await browser.open(PAGE)).status_code == 403
    for path in (PAGE, f"{PAGE}/app_1/remove"):
        answer = await browser.client.post(
            GATEWAY_URL + path,
            data={"csrf_token": token, **APP},
            headers={"Origin": GATEWAY_URL, "Sec-Fetch-Site": "same-origin"},
        )
        assert answer.status_code == 403
    assert await gateway.services.apps.list_for("default", "google") == []


@pytest.mark.requirement("G2")
async def test_an_administrators_token_is_needed(gateway: Harness) -> None:
    browser = await gateway.browser("admin")
    for path in (PAGE, f"{PAGE}/app_1/remove"):
        for token in ("", (await gateway.browser("admin")).csrf_token()):
            answer = await browser.client.post(
                GATEWAY_URL + path,
                data={"csrf_token": token, **APP},
                headers={"Origin": GATEWAY_URL, "Sec-Fetch-Site": "same-origin"},
            )
            assert answer.status_code == 403
    assert await gateway.services.apps.list_for("default", "google") == []


async def test_a_visitor_signs_in_first(gateway: Harness) -> None:
    browser = await gateway.browser()
    await browser.open(PAGE)
    assert "/login" in browser.url
