"""Several tenants share an OAuth app only if the operator allows it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

import pytest

from gateway.access.service_keys import Role
from gateway.commands.service_keys import add_key_commands
from gateway.services.connect import CLIENTS_NOT_SHARED
from tests.support.browser import Browser, words
from tests.support.gateway import Harness, running_gateway

URL = "https://gateway.example.com"
APP = {"OAUTH_NOTION_CLIENT_ID": "id", "OAUTH_NOTION_CLIENT_SECRET": "notion-client-secret"}


async def person(gateway: Harness, tenant: str) -> Browser:
    """Return a browser with the session of a tenant's user."""
    browser = await gateway.browser()
    cookie = await gateway.services.sessions.begin(tenant=tenant, user="alice")
    browser.client.cookies.set(
        "__Host-gateway_session", cookie.reveal(), domain="gateway.example.com", path="/"
    )
    return browser


async def started(browser: Browser) -> int:
    """Return the status of a start by script."""
    await browser.open("/connectors/notion")
    answer = await browser.client.post(
        f"{URL}/v1/connectors/notion/start",
        json={},
        headers={"Origin": URL, "X-CSRF-Token": browser.csrf_token(), "Accept": "application/json"},
    )
    return answer.status_code


@pytest.mark.requirement("B5")
@pytest.mark.parametrize("shared", [False, True], ids=["not shared", "shared"])
async def test_a_second_tenant_connects_with_a_shared_app_only_if_that_is_allowed(
    mongodb_url: str, database_name: str, shared: bool
) -> None:
    """Starts are by script and by form; the first tenant can always connect."""
    settings: dict[str, Any] = {"mode": "production", "public_url": URL, "shared_clients": shared}
    async with running_gateway(mongodb_url, database_name, env=APP, **settings) as gateway:
        assert await started(await person(gateway, "default")) == 200
        other = await person(gateway, "other")
        assert await started(other) == (200 if shared else 403)
        if not shared:
            await other.open("/connectors/notion")
            page = await other.submit(action="/start")
            assert page.status_code == 403
            assert CLIENTS_NOT_SHARED[1:] in words(other)  # the page begins with a capital
            assert [name for name in other.client.cookies if "flow" in name] == []


@pytest.mark.requirement("B5")
@pytest.mark.parametrize(
    ("settings", "tenant", "shares"),
    [
        ({"mode": "production"}, "default", True),
        ({"mode": "production"}, "other", False),
        ({"mode": "production", "shared_clients": True}, "other", True),
        ({}, "other", True),
    ],
    ids=["first tenant", "second tenant", "allowed", "dev mode"],
)
async def test_an_operator_is_told_before_a_second_tenant_begins(
    mongodb_url: str,
    database_name: str,
    capsys: pytest.CaptureFixture[str],
    settings: dict[str, Any],
    tenant: str,
    shares: bool,
) -> None:
    """The command says so, and creates a key: the tenant can bring its own apps with it."""
    async with running_gateway(
        mongodb_url, database_name, env=APP, public_url=URL, **settings
    ) as gateway:
        code = await keys_create(gateway, tenant)
        printed = capsys.readouterr()
        stored = await gateway.services.keys.list_for(tenant)
    assert (code, len(stored)) == (0, 1)
    assert "gwk_" in printed.out
    assert (CLIENTS_NOT_SHARED in printed.err) is not shares


async def keys_create(gateway: Harness, tenant: str) -> int:
    """Run ``keys create`` on a gateway of this process."""
    parser, work = ArgumentParser(), list[Any]()

    def remember(given: Any) -> int:
        work.append(given)
        return 0

    add_key_commands(parser.add_subparsers(), remember)
    arguments = parser.parse_args(["keys", "create", "--role", Role.TOKENS, "--tenant", tenant])
    arguments.run(arguments)
    code: int = await work[0](gateway.services)
    return code
