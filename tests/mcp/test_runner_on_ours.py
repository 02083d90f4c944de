"""The runner for protected MCP servers, run against the gateway's own ``/mcp``."""

from __future__ import annotations

from typing import Any

import httpx

from gateway.testing.mcp_resource import CHECKS, Target, ToolCall, run
from tests.mcp.conftest import let_agent_in, resource_app, signed
from tests.mcp.speaking import Mcp
from tests.support.agents import new_agent


class Impatient(httpx.AsyncBaseTransport):
    """The gateway, whose protocol does not wait until the page is done."""

    def __init__(self, mcp: Mcp) -> None:
        self._gateway = mcp.proxy.harness.transport
        self._mcp = httpx.ASGITransport(resource_app(mcp.proxy.harness, mcp.app))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        transport = self._mcp if request.url.path == "/mcp" else self._gateway
        return await transport.handle_async_request(request)


READ = ToolCall("relay_get_item", {"item_id": "i"})
WRITE = ToolCall("relay_change_item", {"item_id": "i"})


async def test_it_passes_every_check(mcp: Mcp) -> None:
    """First without the account, then with it: the same user is told to connect only before."""
    gateway = mcp.proxy.harness
    url = gateway.settings.public_url
    await let_agent_in(gateway)
    key = await gateway.services.signing_keys.signing_key()
    now = int(gateway.clock().timestamp())
    agent = await new_agent(gateway)  # which sends no ``resource``
    bound = await agent.log_in(await gateway.browser("alice"))

    def token(**changes: Any) -> str:
        return signed(key, gateway, **{"iss": url, "aud": f"{url}/mcp", **changes})

    async with httpx.AsyncClient(transport=Impatient(mcp), trust_env=False) as http:
        target: dict[str, Any] = {
            "url": f"{url}/mcp",
            "http": http,
            "tokens": {
                "good": token(),
                "small": token(scope="tools:read"),
                "expired": token(exp=now - 60),
                "other_audience": token(aud=url),
                "other_issuer": token(iss="https://other.example"),
                "other_user": token(sub="bob"),
                "without_resource": bound["access_token"],
            },
            "write": WRITE,
        }
        before = await run(Target(**target, unconnected=READ))
        await mcp.proxy.connect()
        after = await run(Target(**target, healthy=READ))

    for found in (before, after):
        assert [each for each in found if each.state == "failed"] == []
    passed = {each.name for each in (*before, *after) if each.state == "passed"}
    assert CHECKS.keys() == passed
