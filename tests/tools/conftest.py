"""A gateway with the tools of Relay, in front of a provider that the test steers."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.access.service_keys import Role
from tests.support.gateway import FakeClock
from tests.support.provider import StrictProvider, strict_provider
from tests.support.proxied import Proxy, proxying
from tests.tools import relay


@dataclass
class Tools:
    """A gateway whose tools are called with a key of the role ``tools``."""

    proxy: Proxy
    provider: StrictProvider
    client: httpx.AsyncClient

    async def call(
        self,
        name: str,
        /,
        *,
        user: str = "alice",
        key: str | None = None,
        more: dict[str, Any] | None = None,
        **arguments: Any,
    ) -> httpx.Response:
        """Call a tool."""
        headers = {} if key is None else {"Idempotency-Key": key}
        body = {"user": user, "arguments": arguments} | (more or {})
        return await self.client.post(f"/v1/tools/{name}/call", json=body, headers=headers)

    async def result(self, name: str, /, **given: Any) -> dict[str, Any]:
        """The result of a call that has to work."""
        answer = await self.call(name, **given)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["result"]
        return found

    async def lines(self) -> list[dict[str, Any]]:
        """The audit lines of calls, oldest first."""
        services = self.proxy.harness.services
        await services.audit.flush()
        rows: Any = services.audit._store._rows
        found: list[dict[str, Any]] = await rows.find(
            {"action": "tool.called"}, sort=[("time", 1), ("_id", 1)]
        )
        return found


def write_tools(folder: Path) -> None:
    """Put the tool file where a gateway looks for it."""
    (folder / "tools").mkdir(parents=True, exist_ok=True)
    shutil.copy(relay.__file__, folder / "tools" / "relay.py")


@pytest.fixture
async def provider() -> AsyncIterator[StrictProvider]:
    async with strict_provider() as provider:
        yield provider


@pytest.fixture
async def tools(
    mongodb_url: str, database_name: str, tmp_path: Path, provider: StrictProvider, clock: FakeClock
) -> AsyncIterator[Tools]:
    write_tools(tmp_path)
    async with proxying(mongodb_url, database_name, tmp_path, provider, clock=clock) as proxy:
        yield Tools(proxy, provider, await proxy.harness.api(Role.TOOLS))


@pytest.fixture
async def proxy(tools: Tools) -> Proxy:
    """The gateway of ``tools``, for calls past the interface."""
    return tools.proxy
