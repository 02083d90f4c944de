"""Fixtures of ``/mcp``: tokens of every kind, and the protocol in front of the tools of Relay."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.errors import GatewayError
from gateway.mcp.app import McpApp
from gateway.mcp.control import Surface
from gateway.mcp.principal import PRINCIPAL, SCOPES
from gateway.store.oauth_grants import StoredGrant
from gateway.web.mcp import protected
from gateway.web.mcp_controls import controls_of, describer
from gateway.web.problems import problem_response
from tests.conftest import GATEWAY_URL
from tests.mcp.speaking import Mcp
from tests.support.gateway import FakeClock, Harness, with_state
from tests.support.provider import StrictProvider, strict_provider
from tests.support.proxied import proxying
from tests.tools.conftest import write_tools

MCP_URL = f"{GATEWAY_URL}/mcp"


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """A protocol that answers with the principal, the headers and the body that reached it."""
    request = Request(scope, receive)
    principal = scope[PRINCIPAL]
    said = {
        "tenant": principal.tenant,
        "user": principal.user,
        "client": principal.client,
        "scopes": sorted(principal.scopes),
        "via": principal.via,
        "headers": dict(request.headers),
        "body": (await request.body()).decode(),
    }
    await JSONResponse(said)(scope, receive, send)


async def _problem(_: Request, error: Exception) -> Response:
    return problem_response(error, request_id="")


def resource_app(gateway: Harness, inner: ASGIApp = echo) -> ASGIApp:
    """``inner`` behind the protected resource of a running gateway."""
    app = Starlette(
        routes=[Route("/mcp", protected(gateway.services, inner))],
        exception_handlers={GatewayError: _problem},
    )
    return with_state(app, {"services": gateway.services})


@dataclass
class Caller:
    """Calls ``/mcp`` with a credential."""

    client: httpx.AsyncClient
    gateway: Harness

    async def send(
        self,
        credential: str | None,
        method: str = "tools/list",
        tool: str | None = None,
        **headers: str | bytes,
    ) -> httpx.Response:
        """Send one JSON-RPC request."""
        params = {"name": tool} if tool else {}
        given: dict[str, str | bytes] = {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        if credential is not None:
            given.setdefault("Authorization", f"Bearer {credential}")
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        raw = [
            (name.encode(), value if isinstance(value, bytes) else value.encode())
            for name, value in given.items()
        ]
        return await self.client.post(MCP_URL, json=message, headers=raw)

    async def token(self, key: ECKey | None = None, **changes: Any) -> str:
        """An access token of the gateway's own server, with other claims where given."""
        return signed(
            key or await self.gateway.services.signing_keys.signing_key(), self.gateway, **changes
        )


def signed(
    key: ECKey, gateway: Harness, *, header: Mapping[str, Any] | None = None, **changes: Any
) -> str:
    """A token with the claims of a good one, changed; ``None`` removes a claim."""
    now = int(gateway.clock().timestamp())
    claims = {
        "iss": GATEWAY_URL,
        "sub": "alice",
        "aud": MCP_URL,
        "iat": now,
        "exp": now + 600,
        "client_id": "agent",
        "scope": " ".join(SCOPES),
        "tenant": "default",
    } | changes
    claims.setdefault("grant", grant_of(claims["tenant"], claims["sub"]))
    kept = {name: value for name, value in claims.items() if value is not None}
    head = {"alg": "ES256", "typ": "at+jwt", "kid": key.kid} | dict(header or {})
    return jwt.encode({name: value for name, value in head.items() if value is not None}, kept, key)


def grant_of(tenant: Any, user: Any) -> str:
    """The id of a person's grant to the agent of these tests."""
    return f"{tenant} {user}"


async def let_agent_in(gateway: Harness) -> None:
    """Store grants of the people of these tests: the tokens of an ended one are refused."""
    server, now = gateway.services.authorization, gateway.clock()
    assert server is not None
    for tenant, user in [("default", "alice"), ("default", "bob"), ("acme", "bob")]:
        await server.grants._store.add(
            StoredGrant(
                id=grant_of(tenant, user),
                tenant=tenant,
                owner=user,
                client="agent",
                created_at=now,
                expires_at=now + timedelta(days=365),
                content=b"",
                encryption_key="k1",
                code_used_at=now,
            )
        )


@pytest.fixture
async def caller(gateway: Harness) -> AsyncIterator[Caller]:
    """A client of the protected resource with the gateway's own authorization server."""
    await let_agent_in(gateway)
    transport = httpx.ASGITransport(resource_app(gateway))
    async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
        yield Caller(client, gateway)


@pytest.fixture
async def provider() -> AsyncIterator[StrictProvider]:
    async with strict_provider() as provider:
        yield provider


@pytest.fixture
async def mcp(
    mongodb_url: str, database_name: str, tmp_path: Path, provider: StrictProvider, clock: FakeClock
) -> AsyncIterator[Mcp]:
    write_tools(tmp_path)
    async with proxying(mongodb_url, database_name, tmp_path, provider, clock=clock) as proxy:
        given = proxy.harness.services
        surface = Surface(describe=describer(given), controls=controls_of(given))
        app = McpApp(given, surface, patience=0.0)
        async with app.running():
            yield Mcp(proxy, provider, app, proxy.harness.settings.public_url)
