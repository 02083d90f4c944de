"""Connect, get a token, count requests at the provider."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from gateway.access.service_keys import Role
from gateway.clock import utc_now
from tests.support.gateway import ACCOUNTS, FakeClock, Harness
from tests.support.loopback import LOOPBACK
from tests.support.sandbox import SandboxProcess


@dataclass
class StoppedClock(FakeClock):
    """Stands still but for ``advance``: for what happens at an exact moment."""

    started: datetime = field(default_factory=utc_now)

    def __call__(self) -> datetime:
        return self.started + self.offset

    def go_to(self, time: datetime) -> None:
        """Let it be ``time``."""
        self.offset = time - self.started


async def connect(
    gateway: Harness, connector: str, *, user: str = "alice", account: str = "", **config: str
) -> None:
    """Link an account (a key of ``ACCOUNTS``) in a browser of its user."""
    browser = await gateway.browser(user)
    outcome = await browser.connect(connector, ACCOUNTS[account or connector], **config)
    assert outcome in {"connected", "reconnected"}, browser.text[:500]


async def connections(gateway: Harness, user: str = "alice") -> list[dict[str, Any]]:
    """The user's connections as the API shows them."""
    client = await gateway.api(Role.CONNECTIONS)
    answer = await client.get("/v1/connections", params={"user": user})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["connections"]
    return found


async def connection(gateway: Harness, user: str = "alice") -> dict[str, Any]:
    """The user's only connection."""
    (only,) = await connections(gateway, user)
    return only


async def force(gateway: Harness, connector: str, user: str = "alice") -> httpx.Response:
    """``POST /v1/connectors/{name}/refresh``."""
    client = await gateway.api(Role.TOKENS)
    return await client.post(f"/v1/connectors/{connector}/refresh", json={"user": user})


async def disconnect(gateway: Harness, connection_id: str) -> httpx.Response:
    """``DELETE /v1/connections/{id}`` with a key."""
    client = await gateway.api(Role.CONNECTIONS)
    return await client.delete(f"/v1/connections/{connection_id}")


def token_of(answer: httpx.Response) -> str:
    """The access token of a good answer."""
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["access_token"]
    return token


def expiry_of(answer: httpx.Response) -> datetime:
    """When the token of a good answer expires."""
    assert answer.status_code == 200, answer.text
    return datetime.fromisoformat(answer.json()["expires_at"])


def problem_of(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a problem."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]


def fingerprint(token: str) -> str:
    """The hash by which a tool reports a token that an API refused."""
    return hashlib.sha256(token.encode()).hexdigest()


def asked(sandbox: SandboxProcess, provider: str, after: int) -> list[str]:
    """The outcomes of the token requests that a provider saw since, oldest first."""
    return [line["outcome"] for line in sandbox.token_requests(provider, after=after)]


def works(token_answer: httpx.Response, path: str) -> bool:
    """Whether the provider's API takes the token, asked just as the answer says."""
    api = token_answer.json()["api"]
    return LOOPBACK.get(api["base_url"] + path, headers=api["headers"]).is_success


def revoke_at_google(sandbox: SandboxProcess, token: str) -> None:
    """Remove the app in the account's settings, as a person does."""
    url = f"{sandbox.url}/oauth2.googleapis.com/revoke"
    LOOPBACK.post(url, data={"token": token}).raise_for_status()
