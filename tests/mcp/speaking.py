"""A gateway with the tools of Relay, called over MCP as a principal of the test's choice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import httpx2
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client

from gateway.mcp.app import McpApp
from gateway.mcp.principal import Principal
from tests.mcp.standin import ALICE, AsPrincipal
from tests.support.provider import StrictProvider
from tests.support.proxied import Proxy

MODERN, OLD = "2026-07-28", "2025-11-25"
ACCEPT = "application/json, text/event-stream"


@dataclass
class Mcp:
    """The protocol in front of a gateway's services, without the protected resource."""

    proxy: Proxy
    provider: StrictProvider
    app: McpApp
    url: str
    principal: Principal = ALICE
    raw: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self.raw = self.http()

    def http(self, principal: Principal | None = None) -> httpx.AsyncClient:
        """A client of HTTP whose requests are a principal's."""
        transport = httpx.ASGITransport(AsPrincipal(self.app, principal or self.principal))
        return httpx.AsyncClient(transport=transport, base_url=self.url)

    @asynccontextmanager
    async def client(
        self, principal: Principal | None = None, *, mode: str = "auto", **options: Any
    ) -> AsyncIterator[Client]:
        """The official client. ``mode`` is a revision, or how it finds one."""
        app: Any = AsPrincipal(self.app, principal or self.principal)
        async with (
            httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=self.url) as http,
            Client(
                streamable_http_client(f"{self.url}/mcp", http_client=http), mode=mode, **options
            ) as client,
        ):
            yield client
