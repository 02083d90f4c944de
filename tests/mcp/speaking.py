"""A gateway with the tools of Relay, called over MCP as a principal of the test's choice."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
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

    def become(self, user: str) -> None:
        """Send what follows as another person, with the same client."""
        self.principal = replace(self.principal, user=user)
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

    async def session(self, capabilities: dict[str, Any]) -> str:
        """The id of a new session of the older era, for a client with these capabilities."""
        answer = await self.post(
            "initialize",
            {
                "protocolVersion": OLD,
                "capabilities": capabilities,
                "clientInfo": {"name": "test", "version": "1"},
            },
            {},
        )
        assert answer.status_code == 200, answer.text
        return answer.headers["mcp-session-id"]

    async def ask(
        self,
        era: str,
        method: str,
        params: dict[str, Any],
        capabilities: dict[str, Any],
        *,
        session: str | None = None,
        **headers: str,
    ) -> dict[str, Any]:
        """Send one request as a client of an era; return the JSON-RPC answer."""
        if era == OLD:
            given = {"mcp-protocol-version": OLD}
            given["mcp-session-id"] = session or await self.session(capabilities)
        else:
            params, given = modern(method, params, capabilities)
        answer = await self.post(method, params, given | headers)
        if answer.headers["content-type"].startswith("text/event-stream"):
            return messages(answer.text)[-1]
        found: dict[str, Any] = answer.json()
        return found

    async def post(
        self, method: str, params: dict[str, Any], headers: dict[str, str]
    ) -> httpx.Response:
        """Send one message as it is."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        return await self.raw.post("/mcp", json=body, headers={"accept": ACCEPT} | headers)


def modern(
    method: str, params: dict[str, Any], capabilities: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The parameters and the headers of a request of the newest revision."""
    headers = {"mcp-protocol-version": MODERN, "mcp-method": method}
    if "name" in params:
        headers["mcp-name"] = params["name"]
    meta = {
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": capabilities,
    }
    return params | {"_meta": meta | params.get("_meta", {})}, headers


def messages(text: str) -> list[dict[str, Any]]:
    """The messages of an event stream."""
    lines = (line for line in text.splitlines() if line.startswith("data: "))
    return [json.loads(line.removeprefix("data: ")) for line in lines]
