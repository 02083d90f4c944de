"""Connections of the organisation: an administrator makes them, and tools read their tokens."""

from __future__ import annotations

from typing import Any

import httpx

from gateway.access.service_keys import Role
from tests.support.browser import Browser
from tests.support.gateway import ACCOUNTS, Harness

ADMIN = "admin"
"""The name that the development login takes for the administrator's."""


async def connect_for_org(gateway: Harness, connector: str, account: str = "") -> Browser:
    """Link an account for the organisation; return the administrator's browser."""
    browser = await gateway.browser(ADMIN)
    outcome = await browser.connect(connector, ACCOUNTS[account or connector], "?owner=org")
    assert outcome in {"connected", "reconnected"}, browser.text[:500]
    return browser


async def org_connections(gateway: Harness, tenant: str = "default") -> list[dict[str, Any]]:
    """The organisation's connections, as the API shows them to a key."""
    client = await gateway.api(Role.CONNECTIONS, tenant=tenant)
    answer = await client.get("/v1/connections", params={"owner": "org"})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["connections"]
    return found


def owner_in(answer: httpx.Response) -> tuple[str, str | None]:
    """The owner of the connection that a token is of, and the user in it."""
    assert answer.status_code == 200, answer.text
    connection = answer.json()["connection"]
    return connection["owner"], connection["user"]


def headers_of(browser: Browser) -> dict[str, str]:
    """The headers of a script of the page that the browser has open."""
    return {
        "Accept": "application/json",
        "Origin": browser.gateway_url,
        "X-CSRF-Token": browser.csrf_token(),
    }


async def review(gateway: Harness, method: str, path: str, body: Any) -> httpx.Response:
    """The answer to a script of a page that an administrator has open."""
    browser = await gateway.browser(ADMIN)
    await browser.open("/dashboard/connectors")
    return await browser.client.request(
        method, f"{browser.gateway_url}{path}", json=body, headers=headers_of(browser)
    )
