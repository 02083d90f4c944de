"""A remote MCP server that is not ours, with OAuth: added by URL, connected, called, renewed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from subprocess import PIPE
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from gateway.access.service_keys import Role
from tests.conftest import GATEWAY_URL
from tests.integrations.live import call
from tests.support.gateway import FakeClock, Harness, running_gateway
from tests.support.loopback import loopback_client

pytestmark = pytest.mark.long

NAME = "notes--default"


@pytest.fixture
async def notes() -> AsyncIterator[httpx.AsyncClient]:
    """The server, a process of its own, by a client of its test routes."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.integrations.sdk_server", stdout=PIPE
    )
    try:
        assert process.stdout is not None
        url = (await asyncio.wait_for(process.stdout.readline(), 60)).decode().strip()
        async with loopback_client(base_url=url) as client:
            yield client
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def gateway(
    mongodb_url: str, database_name: str, clock: FakeClock, notes: httpx.AsyncClient
) -> AsyncIterator[Harness]:
    """One process of the gateway."""
    target = urlsplit(str(notes.base_url))
    async with running_gateway(
        mongodb_url,
        database_name,
        clock=clock,
        public_url=GATEWAY_URL,
        egress_allow=f"{target.hostname}:{target.port}",
        token_cache=True,
    ) as running:
        yield running


async def seen(notes: httpx.AsyncClient) -> list[str]:
    """What the server and its authorization routes did, in their order."""
    return [each["what"] for each in (await notes.get("/seen")).json()]


async def add(harness: Harness, notes: httpx.AsyncClient) -> dict[str, Any]:
    """Add the server by its URL."""
    api = await harness.api(Role.INTEGRATIONS)
    url = f"{str(notes.base_url).rstrip('/')}/mcp"
    claims = (await api.post("/v1/integrations/detect", json={"url": url})).json()
    found = claims if isinstance(claims, list) else claims["claims"]
    assert [(claim["kind"], claim["confidence"]) for claim in found][:1] == [("mcp", "high")]
    added = await api.post("/v1/integrations", json={"url": url, "slug": "notes"})
    assert added.status_code == 201, added.text
    row: dict[str, Any] = added.json()
    return row


async def test_a_server_with_oauth_is_connected_called_and_renewed_once(
    mongodb_url: str, database_name: str, clock: FakeClock, notes: httpx.AsyncClient
) -> None:
    async with (
        gateway(mongodb_url, database_name, clock, notes) as harness,
        gateway(mongodb_url, database_name, clock, notes) as other,
    ):
        row = await add(harness, notes)
        assert [method["kind"] for method in row["authMethods"]] == ["oauth", "apikey"]
        assert await seen(notes) == []  # nothing is registered before somebody connects

        browser = await harness.browser("ada")
        await browser.start(NAME)
        assert browser.outcome() == "connected", browser.text[:2000]
        assert await seen(notes) == ["register", "authorize", "exchange"]
        resource = (await notes.get("/seen")).json()[1]["resource"]
        assert resource == f"{str(notes.base_url).rstrip('/')}/mcp"

        tools = await (await harness.api(Role.TOOLS)).get(
            "/v1/tools", params={"user": "ada", "connector": "notes"}
        )
        assert [each["name"] for each in tools.json()["tools"]] == ["notes_add_note"]
        asked = await call(harness, "notes_add_note", text="milk")
        assert (asked.status_code, asked.json()["code"]) == (202, "approval_required")
        rows = harness.services.integration_tools
        (tool,) = await rows.list_for("default", "notes")
        integration = await harness.services.integration_rows.get("default", "notes")
        await rows.accept(integration, tool.name, tool.digest)
        await rows.set_effect(integration, tool.name, tool.digest, "read")
        added = await call(harness, "notes_add_note", text="milk")
        assert added.status_code == 200, added.text
        assert added.json()["result"] == {"result": "added milk"}

        clock.advance(hours=2)
        answers = await asyncio.gather(
            *(each.token("notes", "ada") for each in (harness, other) for _ in range(10))
        )
        assert {each.status_code for each in answers} == {200}
        assert len({each.json()["access_token"] for each in answers}) == 1
        assert (await seen(notes)).count("refresh") == 1
        assert (await call(other, "notes_add_note", text="tea")).status_code == 200

        await notes.post("/change")
        refused = await call(harness, "notes_add_note", text="again")
        assert (refused.status_code, refused.json()["code"]) == (409, "tool_changed")
        assert (await seen(notes)).count("call") == 2


async def test_a_registration_that_the_server_forgot_is_made_anew(
    mongodb_url: str, database_name: str, clock: FakeClock, notes: httpx.AsyncClient
) -> None:
    async with gateway(mongodb_url, database_name, clock, notes) as harness:
        await add(harness, notes)
        browser = await harness.browser("ada")
        await browser.start(NAME)
        apps = harness.services.apps
        (first,) = await apps.list_for("default", NAME)
        await harness.services.remote_clients.forget_refused("default", NAME)
        await harness.services.remote_clients.prepare("default", NAME)
        (second,) = await apps.list_for("default", NAME)
        assert second.client_id != first.client_id
        assert (await seen(notes)).count("register") == 2
        await harness.services.remote_clients.prepare("default", NAME)
        assert (await seen(notes)).count("register") == 2
