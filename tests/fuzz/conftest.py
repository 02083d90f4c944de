"""A gateway of real processes for generated requests, with rows that they can find."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from gateway.settings.environment import Driver
from gateway.settings.limits import LimitName
from tests.support.browser import Browser
from tests.support.commands import create_key
from tests.support.gateway import ACCOUNTS
from tests.support.loopback import LOOPBACK, NO_TLS
from tests.support.processes import Deployment, running_deployment

ROLES = ("tokens", "proxy", "tools", "connections", "integrations", "logins", "admin")
API = json.dumps(
    {
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1"},
        "servers": [{"url": "https://pets.example.com"}],
        "paths": {"/pets": {"get": {"operationId": "listPets", "responses": {"200": {}}}}},
    }
)
"""A document that can be added as an integration."""
UNLIMITED = ",".join(f"{limited}=off" for limited in LimitName)
"""Without this, hundreds of wrong requests a second would all be answered with 429."""


@dataclass
class Target:
    """The gateway under test and its callers, one for each operation.

    An operation may revoke its caller's credential, and must not revoke another operation's.
    """

    deployment: Deployment
    operator: str = field(repr=False)
    callers: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict, repr=False)
    found: dict[tuple[str, str], str] = field(default_factory=dict)
    """Ids of existing rows, by kind and user."""

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.deployment.public_url

    def caller(self, operation: str, security: list[dict[str, list[str]]]) -> dict[str, str]:
        """Valid credentials for the operation: a key with every role, a session, or nothing."""
        schemes = [name for choice in security for name in choice]
        kind = "key" if "key" in schemes else "session" if schemes else "nobody"
        if (operation, kind) not in self.callers:
            make = {"key": self._key, "session": self._session, "nobody": dict}[kind]
            self.callers[operation, kind] = make()
        return self.callers[operation, kind]

    def user(self, operation: str) -> str:
        """Somebody who has connected Google, at least until this operation ends it."""
        name = f"the user of {operation}"
        if ("google", name) not in self.found:
            asyncio.run(self._browse(name, connect=True))
            self.found["google", name] = self._connection_of(name)
        return name

    def existing(self, operation: str, path: str) -> dict[str, str]:
        """Path parameters that lead to something, which the operation may delete."""
        if "/apps" in path:  # an app of the tenant's own would end the flows of google
            own = {"id": self.found["apps", ""]} if "{id}" in path else {}
            return {"name": "notion", **own}
        if "/connector-rules" in path:  # a request may switch it off
            return {"name": "slack"}
        if "{slug}" in path:
            tool = {"tool": "list_pets"} if "{tool}" in path else {}
            return {"slug": self.integration(operation), **tool}
        if "/tools/" in path:  # of what Google grants to everybody there is no tool
            return {"name": "mailchimp_list_audiences"}
        if "{connector}" in path:  # its skill
            return {"connector": "airtable"}
        if "{page}" in path:
            return {"page": "tools"}
        if "{path}" in path:
            return {"name": "google", "path": "oauth2/v3/userinfo"}
        if "{name}" in path:
            return {"name": "google"}
        if "{id}" not in path:
            return {}
        kind = path.split("/")[2]
        if kind == "approvals":  # only the call of a tool under ``ask`` makes one
            return {"id": "apr_unknown"}
        if kind == "connections":
            return {"id": self.found["google", self.user(operation)]}
        return {"id": self.found[kind, ""]}

    def integration(self, operation: str) -> str:
        """An integration that the operation may change or remove."""
        if ("integrations", operation) not in self.found:
            slug = f"shop{len(self.found)}"  # names of tools say whose they are
            self.make("/v1/integrations", {"document": API, "slug": slug})
            self.found["integrations", operation] = slug
        return self.found["integrations", operation]

    def digest(self, operation: str) -> str:
        """The digest of its one tool."""
        headers = {"Authorization": f"Bearer {self.operator}"}
        path = f"/v1/integrations/{self.integration(operation)}/tools"
        answer = LOOPBACK.get(self.url + path, headers=headers)
        return str(answer.raise_for_status().json()["tools"][0]["digest"])

    def revision(self, path: str) -> int:
        """The revision of the rules for usage, or of the policies."""
        headers = {"Authorization": f"Bearer {self.operator}"}
        answer = LOOPBACK.get(self.url + path, headers=headers)
        return int(answer.raise_for_status().json()["revision"])

    def make(self, path: str, body: dict[str, object], method: str = "POST") -> dict[str, object]:
        """The answer to a request of the operator."""
        headers = {"Authorization": f"Bearer {self.operator}"}
        answer = LOOPBACK.request(method, self.url + path, json=body, headers=headers)
        created: dict[str, object] = answer.raise_for_status().json()
        return created

    def _key(self) -> dict[str, str]:
        created = self.make("/v1/keys", {"roles": [*ROLES], "label": "of an operation"})
        return {"Authorization": f"Bearer {created['key']}"}

    def _connection_of(self, user: str) -> str:
        headers = {"Authorization": f"Bearer {self.operator}"}
        answer = LOOPBACK.get(f"{self.url}/v1/connections", params={"user": user}, headers=headers)
        return str(answer.raise_for_status().json()["connections"][0]["id"])

    def _session(self) -> dict[str, str]:
        return asyncio.run(self._browse("alice", connect=False))

    async def _browse(self, user: str, *, connect: bool) -> dict[str, str]:
        async with Browser(self.url, httpx.AsyncHTTPTransport(verify=NO_TLS)) as browser:
            await browser.sign_in(user)
            if connect:
                assert await browser.connect("google", ACCOUNTS["google"]) == "connected"
            await browser.open("/dashboard/connectors")
            cookies = "; ".join(f"{c.name}={c.value}" for c in browser.client.cookies.jar)
            return {"Cookie": cookies, "X-CSRF-Token": browser.csrf_token(), "Origin": self.url}


@pytest.fixture(scope="session")
def target(mongodb_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A gateway without limits, and an operator's key to it."""
    folder: Path = tmp_path_factory.mktemp("fuzz")
    with running_deployment(
        folder,
        mongodb_url=mongodb_url,
        database="fuzz",
        driver=Driver.PYMONGO,
        gateways=1,
        env={
            "GATEWAY_LIMITS": UNLIMITED,
            "GATEWAY_MCP": "on",
            "GATEWAY_AUTHORIZATION_SERVER": "on",
        },
    ) as deployment:
        target = Target(deployment, create_key(*ROLES, env=deployment.env))
        # Now, because the operations may create as many rows as the limits allow.
        wanted: tuple[tuple[str, dict[str, object]], ...] = (
            ("keys", {"roles": ["tokens"], "label": "to be deleted"}),
            ("webhooks", {"url": "https://hooks.example.com/"}),
        )
        for kind, made in wanted:
            target.found[kind, ""] = str(target.make(f"/v1/{kind}", made)["id"])
        app: dict[str, object] = {"client_id": "own", "client_secret": "own-secret"}
        apps = target.make("/v1/connectors/notion/apps", app, "PUT")["apps"]
        assert isinstance(apps, list)
        target.found["apps", ""] = apps[0]["id"]
        yield target
