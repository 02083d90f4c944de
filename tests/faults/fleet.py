"""A fleet of gateway processes that die, sleep and come back.

They share a database, a set of encryption keys and a sandbox, whose log decides the tests.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import httpx

from gateway.access.service_keys import Role, ServiceKeys
from gateway.clock import utc_now
from gateway.dev.children import child
from gateway.encryption.vault import new_encryption_key
from gateway.settings.environment import Driver
from gateway.store.mongo import Database, Document, open_database
from gateway.store.service_keys import KeyStore
from tests.support.browser import Browser
from tests.support.loopback import LOOPBACK, NO_TLS, loopback_client
from tests.support.parts import part_of
from tests.support.processes import free_ports
from tests.support.sandbox import SandboxProcess, await_answer, running_sandbox
from tests.support.sealing import vault_of
from tests.support.silent import NO_AUDIT
from tests.support.tokens import fingerprint, token_of
from tests.support.waiting import PATIENCE_SECONDS

FULL = bool(os.environ.get("FAULTS_FULL"))
"""Whether to run the long form of the tests (``make faults``)."""
PARTS = 5
"""The repetitions of the long form are tried in so many parts (``make faults PART=1``)."""
_PART = int(os.environ.get("FAULTS_PART") or 0) if FULL else 0
_Round = TypeVar("_Round")


def share(rounds: Sequence[_Round]) -> list[_Round]:
    """The rounds of a repeated test that this run takes: all, or those of its part."""
    return part_of(rounds, _PART, PARTS)


def examples(count: int) -> int:
    """How many of ``count`` random examples this run tries."""
    return len(share(range(count)))


STRICT, GRACE, STEADY = "airtable", "linear", "google"
"""Providers with single-use refresh tokens, a grace period, and reusable refresh tokens."""
PROVIDERS = (STRICT, GRACE, STEADY)
NOTION = "notion"
"""A fourth provider."""

PEOPLE = {
    STRICT: "ana.diaz@example.com",
    GRACE: "Acme (Ana Diaz)",
    STEADY: "Ana Diaz (ana.diaz@example.com)",
    NOTION: "Acme HQ (Ana Diaz)",
}
"""Labels of the sandbox's consent pages."""


@dataclass
class FleetProcess:
    """A gateway of the fleet: its address is fixed, its process changes."""

    url: str
    env: dict[str, str]
    log: Path
    order: Path
    stack: AsyncExitStack
    process: subprocess.Popen[bytes] = field(init=False)

    async def start(self, *, ready: bool = True) -> None:
        """Start it; if ``ready``, wait until it answers."""
        command = [sys.executable, "-m", "tests.faults.fleet_process"]
        self.process = self.stack.enter_context(
            child(command, env=os.environ | self.env, log=self.log)
        )
        if ready:
            await self.ready()

    async def ready(self) -> None:
        """Wait until it answers."""
        await asyncio.to_thread(await_answer, f"{self.url}/readyz", self.process, self.log)

    def at(self, step: str, number: signal.Signals, *, count: int = 1) -> None:
        """Make it send itself a signal when ``count`` refreshes have reached ``step``."""
        temporary = self.order.with_suffix(".new")
        temporary.write_text(json.dumps({"step": step, "count": count, "signal": number.name}))
        temporary.replace(self.order)

    async def over(self) -> int:
        """Wait for its end; return the exit code."""
        return await asyncio.to_thread(self.process.wait, PATIENCE_SECONDS)

    async def is_stopped(self) -> bool:
        """Return whether it sleeps (SIGSTOP)."""
        stat = await asyncio.to_thread(Path(f"/proc/{self.process.pid}/stat").read_text)
        return stat.rpartition(")")[2].split()[0] == "T"


@dataclass
class Fleet:
    """Gateways, sandbox and a tool server with a key."""

    gateways: Sequence[FleetProcess]
    sandbox: SandboxProcess
    database: Database
    tool: httpx.AsyncClient
    folder: Path

    def jump(self, seconds: float) -> None:
        """Put the database's clock ``seconds`` off, for every gateway at once."""
        temporary = self.folder / "jump.new"
        temporary.write_text(str(seconds))
        temporary.replace(self.folder / "jump")

    async def connect(self, user: str, connector: str) -> str:
        """Link an account in a browser; return its newly issued token."""
        async with Browser(
            self.gateways[0].url, httpx.AsyncHTTPTransport(verify=NO_TLS)
        ) as browser:
            await browser.sign_in(user)
            outcome = await browser.connect(connector, PEOPLE[connector])
            assert outcome in {"connected", "reconnected"}, browser.text[:500]
        return token_of(await self.ask(self.gateways[0], user, connector))

    async def ask(
        self,
        gateway: FleetProcess,
        user: str,
        connector: str,
        *,
        not_this: str | None = None,
        seconds: int = 0,
    ) -> httpx.Response:
        """Ask for a token that lives for ``seconds``; the API refused the token ``not_this``."""
        wanted: dict[str, str | int] = {"min_seconds": seconds}
        if not_this is not None:
            wanted["rejected_token_sha256"] = fingerprint(not_this)
        return await self.tool.post(
            f"{gateway.url}/v1/connectors/{connector}/token", json={"user": user, **wanted}
        )

    async def force(self, gateway: FleetProcess, user: str, connector: str) -> httpx.Response:
        """Ask for a new token, even if the stored one is good."""
        return await self.tool.post(
            f"{gateway.url}/v1/connectors/{connector}/refresh", json={"user": user}
        )

    async def row(self, user: str, connector: str) -> Document:
        """Return the stored connection."""
        rows = self.database.collection("connections")
        row = await rows.find_one({"owner": f"user:{user}", "connector": connector})
        assert row is not None
        return row

    def refreshes(self, connector: str, after: int) -> list[str]:
        """The outcomes of the refreshes that a provider saw since: "issued", or the reason."""
        lines = self.sandbox.token_requests(connector, after=after)
        # The sandbox does not parse a request that meets a fault, so its line has no grant type.
        assert {line.get("grant_type", "refresh_token") for line in lines} <= {"refresh_token"}
        return [line.get("reason") or line["outcome"] for line in lines]


def works(answer: httpx.Response) -> bool:
    """Return whether the provider's API accepts the token, called as the response describes."""
    api, connector = answer.json()["api"], answer.json()["connection"]["connector"]
    method, path, body = {
        STRICT: ("GET", "/meta/whoami", None),
        GRACE: ("POST", "/graphql", {"query": "{ viewer { id } organization { id } }"}),
        STEADY: ("GET", "/oauth2/v3/userinfo", None),
    }[connector]
    return LOOPBACK.request(
        method, api["base_url"] + path, json=body, headers=api["headers"]
    ).is_success


@asynccontextmanager
async def running_fleet(
    folder: Path,
    mongodb_url: str,
    *,
    clocks: Sequence[float] = (0.0, 0.0),
    lease: int = 1,
    provider: float = 5.0,
    drain: float = 0.0,
    sooner: int = 0,
    pause: float = 0.0,
) -> AsyncIterator[Fleet]:
    """A fleet that answers: one process for each of ``clocks`` (seconds off); drivers take turns.

    All times are seconds: ``lease`` is how long a lease lasts, ``provider`` how long a provider may
    take, ``drain`` how long a process takes requests after SIGTERM, ``sooner`` by how much its
    shutdown is shortened, and ``pause`` how long a refresh waits before it records its answer.
    """
    name = f"faults_{secrets.token_hex(6)}"
    urls = [f"http://localhost:{port}" for port in free_ports(len(clocks))]
    common = {
        "GATEWAY_MODE": "dev",
        "GATEWAY_PUBLIC_URL": urls[0],
        "GATEWAY_DATA_DIR": str(folder),
        "GATEWAY_LOG_FORMAT": "json",
        "GATEWAY_MONGODB_URL": mongodb_url,
        "GATEWAY_MONGODB_DATABASE": name,
        "GATEWAY_ENCRYPTION_KEYS": f"k1:{new_encryption_key()}",
        "GATEWAY_DRAIN_SECONDS": str(drain),
        # A storm would exceed the rate limits.
        "GATEWAY_LIMITS": "api_calls=off,refreshes=off",
        "FAULTS_LEASE": str(lease),
        "FAULTS_PROVIDER": str(provider),
        "FAULTS_SOONER": str(sooner),
        "FAULTS_PAUSE": str(pause),
        "FAULTS_JUMP": str(folder / "jump"),
    }
    async with AsyncExitStack() as stack:
        sandbox = stack.enter_context(running_sandbox(folder / "sandbox", urls[0]))
        gateways = [
            FleetProcess(
                url,
                common
                | {
                    "GATEWAY_PORT": url.rpartition(":")[2],
                    "GATEWAY_SANDBOX": sandbox.url,
                    "GATEWAY_MONGODB_DRIVER": str([*Driver][number % 2]),
                    "FAULTS_CLOCK": str(seconds),
                    "FAULTS_ORDER": str(folder / f"order-{number}.json"),
                },
                folder / f"gateway-{number}.log",
                folder / f"order-{number}.json",
                stack,
            )
            for number, (url, seconds) in enumerate(zip(urls, clocks, strict=True))
        ]
        for gateway in gateways:
            await gateway.start(ready=False)
        for gateway in gateways:
            await gateway.ready()
        database = await stack.enter_async_context(open_database(mongodb_url, name, Driver.PYMONGO))
        _, secret = await ServiceKeys(
            KeyStore(database, vault_of(gateways[0].env)), utc_now, NO_AUDIT
        ).create(tenant="default", roles=[Role.TOKENS])
        tool = await stack.enter_async_context(
            loopback_client(
                headers={"Authorization": f"Bearer {secret.reveal()}"},
                # httpcore may close a connection as expired that it has just given to a request.
                limits=httpx.Limits(
                    max_connections=None, max_keepalive_connections=None, keepalive_expiry=None
                ),
            )
        )
        yield Fleet(gateways, sandbox, database, tool, folder)
