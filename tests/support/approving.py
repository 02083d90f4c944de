"""Calls of tools under ``ask``, sent to a ``StrictProvider`` past the interface that agents use."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from gateway.proxy.body import Body
from gateway.proxy.tool_call import ToolCall
from gateway.services.tokens import Wanted
from gateway.tools.gate import AskedCall
from tests.support.proxied import Proxy


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call of ``relay_create_thing``, and the parts of its request that a test changes."""

    arguments: dict[str, Any]
    user: str = "alice"
    approval: str | None = None
    wait_seconds: float = 0
    path: bytes = b"effect"
    query: bytes = b""
    method: str = "POST"
    body: bytes | None = None
    headers: tuple[tuple[bytes, bytes], ...] = ()
    account: str | None = None
    digest: str | None = None
    key: str | None = None
    change: int = 1

    async def send(self, proxy: Proxy, *, times: int = 1) -> dict[str, Any]:
        """Send it as the call engine does; return the provider's answer."""
        services = proxy.harness.services
        tool = services.registry.tool("relay_create_thing")
        if self.digest is not None:
            tool = replace(tool, digest=self.digest)
        verdict = await services.policies.decide("default", self.user, [tool])
        gate = services.approvals.gate(
            AskedCall(
                tool=tool,
                arguments=self.arguments,
                tenant="default",
                user=self.user,
                owner=None,
                project=None,
                key_id="key_1",
                approval=self.approval,
                wait_seconds=self.wait_seconds,
                verdict=verdict[tool.name],
            )
        )
        content = json.dumps(self.arguments).encode() if self.body is None else self.body
        found: dict[str, Any] = {}
        for _ in range(times):
            asked = ToolCall(
                wanted=Wanted(
                    connector="relay", tenant="default", user=self.user, account=self.account
                ),
                key_id="key_1",
                method=self.method,
                path=self.path,
                query=self.query,
                host=None,
                headers=[(b"content-type", b"application/json"), *self.headers],
                body=whole(content),
                request_id="req_1",
                key=self.key,
                change=self.change,
            )
            async with services.forward.call(asked, before_sending=gate) as answer:
                found = json.loads(b"".join([part async for part in answer.parts]))
        return found


def whole(content: bytes) -> Body:
    """A body that has arrived."""

    async def part() -> tuple[bytes, bool]:
        return content, False

    return Body(part, declared=len(content), content_type="application/json", most=10 * 1024 * 1024)
