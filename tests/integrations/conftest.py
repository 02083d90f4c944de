"""A gateway, and an API of strangers that its tenants add."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from gateway.engine.integration import Description, Fetched
from gateway.integrations.kind import Source
from gateway.integrations.openapi.kind import OPENAPI
from tests.conftest import GATEWAY_URL
from tests.support.gateway import FakeClock, Harness, running_gateway
from tests.support.loopback import loopback_client
from tests.support.remote_api import RemoteApi, allowed, remote_api


@pytest.fixture(scope="module")
def described() -> Callable[[RemoteApi], Any]:
    """Reads the document of an API, once for each address."""
    known: dict[str, Description] = {}

    async def read(api: RemoteApi) -> Description:
        if api.url not in known:

            async def fetch(method: str, url: str, **_: Any) -> Fetched:
                async with loopback_client() as client:
                    found = await client.request(method, url)
                return Fetched(status=found.status_code, url=url, headers={}, content=found.content)

            known[api.url] = await OPENAPI.describe(Source(url=api.document_url), fetch)
        return known[api.url]

    return read


@pytest.fixture
async def shop() -> AsyncIterator[RemoteApi]:
    async with remote_api() as api:
        yield api


@pytest.fixture
async def harness(
    mongodb_url: str, database_name: str, clock: FakeClock, shop: RemoteApi
) -> AsyncIterator[Harness]:
    async with running_gateway(
        mongodb_url,
        database_name,
        clock=clock,
        public_url=GATEWAY_URL,
        egress_allow=allowed(shop),
        token_cache=True,
    ) as running:
        yield running
