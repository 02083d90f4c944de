"""Production mode: the differences from dev mode."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from gateway.access.service_keys import Role
from tests.support.browser import Browser, words
from tests.support.configs import OWN_HOSTS, WITH_OAUTH, WITHOUT_APP
from tests.support.gateway import Harness, running_gateway
from tests.support.problems import problem

URL = "https://gateway.example.com"
DASHBOARD = "/dashboard/connectors"


@pytest.fixture
async def production(mongodb_url: str, database_name: str) -> AsyncIterator[Harness]:
    """A gateway in production mode with one connector whose variables are set."""
    env = {"OAUTH_NOTION_CLIENT_ID": "id", "OAUTH_NOTION_CLIENT_SECRET": "notion-client-secret"}
    async with running_gateway(
        mongodb_url, database_name, env=env, mode="production", public_url=URL
    ) as harness:
        yield harness


async def visitor(production: Harness) -> Browser:
    """Somebody whom a login of the deployment has signed in."""
    browser = await production.browser()
    cookie = await production.services.sessions.begin(tenant="default", user="alice")
    browser.client.cookies.set(
        "__Host-gateway_session", cookie.reveal(), domain="gateway.example.com", path="/"
    )
    return browser


async def test_sign_in_by_name_is_off_in_production(production: Harness) -> None:
    browser = await production.browser()
    await browser.open("/login")
    assert "No way to sign in" in browser.text
    assert "alice" not in browser.text
    page = await browser.client.post(
        f"{URL}/login", data={"name": "alice"}, headers={"Origin": URL}
    )
    assert page.status_code == 404
    assert "set-cookie" not in page.headers


async def test_visitor_does_not_see_missing_variables(production: Harness) -> None:
    browser = await visitor(production)
    page = await browser.open(DASHBOARD)
    assert page.status_code == 200
    assert f"{len(WITHOUT_APP)} connectors" in words(browser)
    await browser.open("/dashboard/developers")
    hidden = {*WITH_OAUTH, *OWN_HOSTS} - {*WITHOUT_APP}
    assert browser.text.count("It is not configured.") == len(hidden)
    assert "OAUTH_GOOGLE_CLIENT_ID" not in browser.text
    assert "development" not in browser.text
    assert not re.search(r"simulated|chip-sandbox", browser.text, re.IGNORECASE)


async def test_the_browser_is_sent_to_the_real_provider(production: Harness) -> None:
    browser = await visitor(production)
    await browser.open("/connectors/notion")
    answer = await browser.client.post(
        f"{URL}/v1/connectors/notion/start",
        json={},
        headers={"Origin": URL, "X-CSRF-Token": browser.csrf_token()},
    )
    address = answer.json()["authorization_url"]
    assert address.startswith("https://api.notion.com/v1/oauth/authorize?")
    assert "redirect_uri=https%3A%2F%2Fgateway.example.com%2Fv1%2Fconnectors%2Fnotion" in address
    assert "notion-client-secret" not in answer.text


async def test_the_api_serves_keys_all_the_same(production: Harness) -> None:
    api = await production.api(Role.TOKENS)
    listed = (await api.get("/v1/connectors/available")).json()["connectors"]
    assert [entry["name"] for entry in listed] == [*WITHOUT_APP]
    answer = await api.post("/v1/connectors/notion/token", json={"user": "alice"})
    assert problem(answer, 409, "connector_required")["connect_url"] == f"{URL}/connectors/notion"
    hidden = await api.post("/v1/connectors/google/token", json={"user": "alice"})
    assert "OAUTH_" not in problem(hidden, 404, "connector_unknown")["detail"]
