"""A connector with OAuth and a key can be connected by its key where nobody has an OAuth app."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.access.service_keys import Role
from tests.conftest import GATEWAY_URL
from tests.support.gateway import Harness
from tests.support.pasted import Providers, gateway_with_keys, paste
from tests.support.problems import problem
from tests.support.tokens import token_of

KEY = {"key": "ntn_0123456789abcdefghijklmnop"}


@pytest.fixture
async def gateway(
    mongodb_url: str, database_name: str, tmp_path: Path, providers: Providers
) -> AsyncIterator[Harness]:
    """A gateway of the whole catalog without any OAuth app; the providers are out of order."""
    providers.status = 500
    async with gateway_with_keys(mongodb_url, database_name, tmp_path, providers) as harness:
        yield harness


async def test_its_page_is_the_form_for_the_key(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    page = await browser.open("/connectors/notion")
    assert page.status_code == 200
    assert "Integration secret" in page.text
    assert "Sign in" not in page.text
    api = await gateway.api()
    listed = (await api.get("/v1/connectors/available")).json()["connectors"]
    (entry,) = (each for each in listed if each["name"] == "notion")
    assert (entry["methods"], entry["scopes"]) == (["api_key"], [])


async def test_its_key_is_stored_and_handed_out(gateway: Harness) -> None:
    tools = await gateway.api(Role.TOKENS)
    missing = await tools.post("/v1/connectors/notion/token", json={"user": "alice"})
    problem(missing, 409, "connector_required")
    stored = await paste(await gateway.browser("alice"), "notion", KEY)
    assert (stored.status_code, stored.json()["status_reason"]) == (200, "not_checked")
    answer = await tools.post("/v1/connectors/notion/token", json={"user": "alice"})
    assert token_of(answer) == KEY["key"]
    assert answer.json()["api"]["headers"]["Authorization"] == f"Bearer {KEY['key']}"


async def test_the_worker_checks_its_key(gateway: Harness, providers: Providers) -> None:
    await paste(await gateway.browser("alice"), "notion", KEY)
    rows = gateway.services.pasted._leases._rows
    await rows.update_many({"tenant": "default"}, {"$set": {"refresh.not_before": None}})
    providers.requests.clear()
    await gateway.services.renewal.round("notion")
    assert [str(request.url) for request in providers.requests] == [
        "https://api.notion.com/v1/users/me"
    ]


async def test_a_service_key_stores_one_for_the_organisation(gateway: Harness) -> None:
    api = await gateway.api(Role.CONNECTIONS)
    answer = await api.post("/v1/connectors/notion/connect", json={"inputs": KEY, "owner": "org"})
    assert (answer.status_code, answer.json()["owner"]) == (200, "org")


async def test_a_flow_of_oauth_is_refused_with_what_to_do(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    await browser.open("/connectors/notion")
    headers = {"Origin": GATEWAY_URL, "X-CSRF-Token": browser.csrf_token()}
    answer = await browser.client.post(
        f"{GATEWAY_URL}/v1/connectors/notion/start",
        json={},
        headers=headers | {"Accept": "application/json"},
    )
    assert "paste its key" in problem(answer, 422, "invalid_request")["detail"]


async def test_a_connector_without_a_key_stays_hidden(gateway: Harness) -> None:
    browser = await gateway.browser("alice")
    assert (await browser.open("/connectors/slack")).status_code == 404
