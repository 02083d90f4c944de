"""A gateway whose administrators add APIs by URL, and the APIs of strangers that they add."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from gateway.access.service_keys import Role
from tests.conftest import GATEWAY_URL
from tests.support.browser import Browser
from tests.support.gateway import FakeClock, Harness, running_gateway
from tests.support.organisation import headers_of, review
from tests.support.remote_api import API_KEY, RemoteApi, allowed, remote_api

SLUG = "petstore"


@dataclass
class Integrating:
    """A gateway, the ``api`` that its integrations lead to, and ``other`` at another address."""

    harness: Harness
    api: RemoteApi
    other: RemoteApi

    async def key(self, role: Role, tenant: str = "default") -> httpx.AsyncClient:
        """A program of a tenant with a key of this role."""
        return await self.harness.api(role, tenant=tenant)

    async def ask(
        self, method: str, path: str = "", *, tenant: str = "default", **body: Any
    ) -> httpx.Response:
        """Call ``/v1/integrations`` and what is below, with a key of the role."""
        client = await self.key(Role.INTEGRATIONS, tenant)
        given = body if body or method in {"POST", "PATCH", "PUT"} else None
        return await client.request(method, f"/v1/integrations{path}", json=given)

    async def got(self, method: str, path: str = "", **given: Any) -> Any:
        """The answer to a call that has to work."""
        answer = await self.ask(method, path, **given)
        assert answer.is_success, answer.text
        return answer.json()

    async def add(
        self, url: str = "", *, slug: str = SLUG, tenant: str = "default", **more: Any
    ) -> dict[str, Any]:
        """Add an integration; the OpenAPI document of the API unless ``url`` says another."""
        url = url or self.api.document_url
        found: dict[str, Any] = await self.got("POST", tenant=tenant, url=url, slug=slug, **more)
        return found

    async def connect_for_org(
        self,
        inputs: dict[str, str] | None = None,
        *,
        slug: str = SLUG,
        tenant: str = "default",
        **more: Any,
    ) -> dict[str, Any]:
        """Store a key of the organisation, by default the right API key."""
        client = await self.key(Role.CONNECTIONS, tenant)
        inputs = {"token": API_KEY} if inputs is None else inputs
        body = {"inputs": inputs, "owner": "org", **more}
        answer = await client.post(f"/v1/connectors/{slug}/connect", json=body)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def connections(self, user: str) -> list[dict[str, Any]]:
        """The connections that a user has."""
        client = await self.key(Role.CONNECTIONS)
        answer = await client.get("/v1/connections", params={"user": user})
        found: list[dict[str, Any]] = answer.json()["connections"]
        return found

    async def tools(self, slug: str = SLUG) -> dict[str, dict[str, Any]]:
        """What an administrator sees of an integration's tools, by the names of definitions."""
        found = await self.got("GET", f"/{slug}/tools")
        return {tool["name"]: tool for tool in found["tools"]}

    async def review(self, method: str, path: str, **body: Any) -> Any:
        """The answer to an administrator, in a browser, who says what a tool may do."""
        answer = await review(self.harness, method, f"/v1/integrations{path}", body)
        assert answer.is_success, answer.text
        return answer.json()

    async def accept(self, name: str, slug: str = SLUG) -> list[str]:
        """Accept a definition as it is shown."""
        digest = (await self.tools(slug))[name]["digest"]
        body = {"tools": [{"name": name, "digest": digest}]}
        found: list[str] = (await self.review("POST", f"/{slug}/tools/accept", **body))["accepted"]
        return found

    async def discover(self, user: str = "alice", tenant: str = "default") -> dict[str, Any]:
        """What a user can call: the tools of integrations by name."""
        client = await self.key(Role.TOOLS, tenant)
        body = {"user": user, "limit": 100, "connector": SLUG}
        answer = await client.post("/v1/discover", json=body)
        assert answer.is_success, answer.text
        return {tool["name"]: tool for tool in answer.json()["tools"]}

    async def call(
        self,
        name: str,
        arguments: dict[str, Any] | None = None,
        *,
        user: str = "alice",
        tenant: str = "default",
        **more: Any,
    ) -> httpx.Response:
        """Call a tool."""
        client = await self.key(Role.TOOLS, tenant)
        body = {"user": user, "arguments": arguments or {}, **more}
        return await client.post(f"/v1/tools/{name}/call", json=body)

    async def result(self, name: str, arguments: dict[str, Any] | None = None, **more: Any) -> Any:
        """The result of a call that has to work."""
        answer = await self.call(name, arguments, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    async def asked(self, name: str, arguments: dict[str, Any] | None = None, **more: Any) -> str:
        """The id of the approval that a call asks for."""
        answer = await self.call(name, arguments, **more)
        assert answer.json()["code"] == "approval_required", answer.text
        found: str = answer.json()["approval_id"]
        return found

    async def decide(self, approval_id: str, browser: Browser) -> None:
        """Approve a call as the person of a browser."""
        await browser.open("/dashboard/connectors")
        answer = await browser.client.post(
            f"{GATEWAY_URL}/v1/approvals/{approval_id}/decision",
            json={"decision": "approve"},
            headers=headers_of(browser),
        )
        assert answer.is_success, answer.text

    async def approved(self, name: str, arguments: dict[str, Any] | None = None) -> httpx.Response:
        """The answer to a call that alice was asked about, and approved."""
        approval_id = await self.asked(name, arguments)
        await self.decide(approval_id, await self.harness.browser("alice"))
        return await self.call(name, arguments, approval=approval_id)


@asynccontextmanager
async def integrating(
    mongodb_url: str, database: str, *, clock: FakeClock | None = None, **settings: Any
) -> AsyncIterator[Integrating]:
    """A gateway that may call both APIs, without the catalog's sandbox."""
    async with (
        remote_api() as api,
        remote_api() as other,
        running_gateway(
            mongodb_url,
            database,
            clock=clock or FakeClock(),
            public_url=GATEWAY_URL,
            egress_allow=allowed(api, other),
            **settings,
        ) as harness,
    ):
        yield Integrating(harness, api, other)
