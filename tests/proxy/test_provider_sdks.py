"""Our SDK and the providers' own call through the proxy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import notion_client
import openai
import pytest

from gateway.access.service_keys import Role
from gateway.client import ConnectorRequired, Gateway, SyncGateway
from tests.conftest import GATEWAY_URL
from tests.support.browser import Browser
from tests.support.gateway import ACCOUNTS, running_gateway
from tests.support.pasted import paste
from tests.support.sandbox import SandboxProcess
from tests.support.serving import serving

OPENAI_KEY = "sk-proj-sandbox-Ana_8f31c6d24b7e905a"


@dataclass
class Served:
    """A gateway on a socket, a key of the role ``proxy``, and alice's browser."""

    url: str
    key: str
    browser: Browser


@pytest.fixture
async def served(
    mongodb_url: str, database_name: str, sandbox: SandboxProcess
) -> AsyncIterator[Served]:
    """A gateway in front of the simulated providers."""
    async with running_gateway(
        mongodb_url, database_name, sandbox=sandbox.url, public_url=GATEWAY_URL
    ) as harness:
        app = harness.transport.app  # type: ignore[attr-defined]
        async with serving(app) as port:
            key, browser = await harness.key(Role.PROXY), await harness.browser("alice")
            yield Served(f"http://127.0.0.1:{port}/v1/proxy", key, browser)


def openai_of(served: Served, user: str) -> openai.AsyncOpenAI:
    """OpenAI's own client for a user."""
    return openai.AsyncOpenAI(
        base_url=f"{served.url}/openai/v1",
        api_key=served.key,
        default_headers={"Gateway-User": user},
        max_retries=0,
        http_client=openai.DefaultAsyncHttpxClient(trust_env=False),
    )


async def test_our_own(served: Served) -> None:
    address = served.url.removesuffix("/v1/proxy")
    async with Gateway(address, api_key=served.key) as gateway:
        async with gateway.http("notion", user="alice") as notion:
            with pytest.raises(ConnectorRequired) as caught:
                await notion.get("/v1/users/me")
            assert caught.value.connect_url == f"{GATEWAY_URL}/connectors/notion"
            assert await served.browser.connect("notion", ACCOUNTS["notion"]) == "connected"
            me = await notion.get("/v1/users/me")
    assert me.json()["bot"]["workspace_name"] == "Acme HQ"

    def blocking() -> httpx.Response:
        with SyncGateway(address, api_key=served.key) as gateway:
            with gateway.http("notion", user="alice") as notion:
                return notion.get("/users/me")

    assert (await asyncio.to_thread(blocking)).json() == me.json()


async def test_the_sdk_of_openai(served: Served) -> None:
    answer = await paste(served.browser, "openai", {"key": OPENAI_KEY})
    assert answer.status_code == 200
    async with openai_of(served, "alice") as client:
        assert "gpt-4o" in [model.id for model in (await client.models.list()).data]


async def test_the_sdk_of_openai_shows_that_a_person_has_to_connect(served: Served) -> None:
    async with openai_of(served, "bob") as client:
        with pytest.raises(openai.ConflictError) as caught:
            await client.models.list()
    assert caught.value.response.headers["Gateway-Error"] == "connector_required"
    assert caught.value.response.json()["connect_url"] == f"{GATEWAY_URL}/connectors/openai"


async def test_the_sdk_of_notion(served: Served) -> None:
    assert await served.browser.connect("notion", ACCOUNTS["notion"]) == "connected"
    async with notion_client.AsyncClient(
        client=httpx.AsyncClient(trust_env=False), auth=served.key, base_url=f"{served.url}/notion"
    ) as client:
        client.client.headers["Gateway-User"] = "alice"
        me = await client.users.me()
    assert me["bot"]["workspace_name"] == "Acme HQ"
