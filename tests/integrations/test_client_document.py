"""A client whose id is the URL of its own description, at a server that reads and compares it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from gateway.engine.integration import AuthMethod, Kind, OAuth
from tests.integrations.live import add
from tests.integrations.test_live_connections import NOTHING
from tests.support.gateway import FakeClock, Harness, running_gateway
from tests.support.problems import problem
from tests.support.remote_api import RemoteApi, allowed

PUBLIC = "https://gateway.example.com"
NAME = "petstore--default"


@pytest.fixture
async def public(
    mongodb_url: str, database_name: str, clock: FakeClock, shop: RemoteApi
) -> AsyncIterator[Harness]:
    """A gateway at a public address."""
    async with running_gateway(
        mongodb_url, database_name, clock=clock, public_url=PUBLIC, egress_allow=allowed(shop)
    ) as running:
        yield running


async def connected(harness: Harness, shop: RemoteApi) -> str:
    """Connect ada to the shop's MCP server; the outcome."""
    oauth = OAuth(discovery_url=f"{shop.url}/mcp", supports_dynamic_registration=True)
    await add(
        harness,
        shop,
        NOTHING,
        kind=Kind.MCP,
        base_url=f"{shop.url}/mcp",
        methods=(AuthMethod(slug="oauth", kind="oauth", oauth=oauth),),
        per_connection=True,
    )
    browser = await harness.browser("ada")
    await browser.start(NAME)
    return browser.outcome() or browser.text


async def test_a_server_that_reads_our_document_knows_us_by_it(
    public: Harness, shop: RemoteApi
) -> None:
    read: list[str] = []
    async with httpx.AsyncClient(transport=public.transport) as anyone:

        async def fetched(url: str) -> httpx.Response:
            read.append(url)
            return await anyone.get(url)

        shop.oauth.read = fetched
        assert await connected(public, shop) == "connected"
        (asked,) = shop.oauth.requests("authorize")
        assert read == [asked["client_id"]]
        assert asked["client_id"].startswith(f"{PUBLIC}/oauth/client/{NAME}/")
        assert asked["redirect_uri"] == f"{PUBLIC}/v1/connectors/{NAME}/callback"
        (exchanged,) = shop.oauth.requests("token")
        assert exchanged["client_id"] == asked["client_id"]
        assert "client_secret" not in exchanged
        # Another issuer would know another client.
        found = (await public.services.integration_rows.get("default", "petstore")).found
        assert found is not None
        assert (found.origin, found.server.issuer) == ("document", shop.url)

        document = (await anyone.get(asked["client_id"])).json()
        assert document["redirect_uris"] == [asked["redirect_uri"]]
        for path in ("notion/0123456789abcdef", f"{NAME}/x", f"{NAME}/0123456789ABCDEF"):
            problem(await anyone.get(f"{PUBLIC}/oauth/client/{path}"), 404, "not_found")


async def test_a_gateway_that_nobody_can_read_has_no_document(
    harness: Harness, shop: RemoteApi
) -> None:
    async def fetched(url: str) -> httpx.Response:
        raise AssertionError(url)

    shop.oauth.read = fetched
    assert "registers no clients by itself" in await connected(harness, shop)
    assert shop.oauth.requests("authorize") == []
    api = httpx.AsyncClient(
        transport=harness.transport, base_url=harness.settings.public_url, trust_env=False
    )
    async with api:
        problem(await api.get(f"/oauth/client/{NAME}/0123456789abcdef"), 404, "not_found")
