"""A deployment with accounts in every state, whose providers' token endpoints answer as told."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from connectors.catalog import Catalog
from connectors.context import Tokens
from connectors.secret import Secret
from gateway.encryption.tokens import TokenSealer
from gateway.engine.pasted import pack
from gateway.observe.metrics import Metrics
from gateway.outbound.bulkhead import Bulkhead
from gateway.outbound.client import Outbound
from gateway.outbound.egress import EgressPolicy
from gateway.outbound.public_addresses import PublicAddresses
from gateway.services.platform import read_platform
from gateway.services.provider import Provider
from gateway.settings.environment import Driver
from gateway.store.connection import Method
from gateway.store.fresh.watch import Watch
from gateway.store.indexes import create_indexes
from gateway.store.mongo import Database, open_database
from gateway.store.owners import ORG, owner_of
from gateway.wiring.core import CoreServices, core_services
from tests.support.sealing import VAULT
from tests.support.silent import NO_AUDIT
from tests.support.tokens import StoppedClock

CONFIGURED = ("google", "zendesk", "mailchimp", "notion")
KEYED, KEYED_HERE, HIDDEN, UNKNOWN = "anthropic", "openai", "linkedin", "nobody"
"""A connector of keys; one whose key the platform has, too; one without an app; and none."""
OWN_APP = "figma"
"""A connector that only tenants with an app of their own can connect."""
CONNECTORS = (*CONFIGURED, KEYED, KEYED_HERE, HIDDEN, OWN_APP)
AUTH = "https://www.googleapis.com/auth"
GMAIL = f"{AUTH}/gmail.modify"
BASE = {"google": ("openid", f"{AUTH}/userinfo.email"), "zendesk": ("read",)}
HERE = "live"
"""The environment of this deployment."""
KEY = "sk-0123456789abcdefghijklmnopqrstuvwx"

ENV = {
    **{
        f"OAUTH_{name.upper()}_{part}": f"{name}-{part.lower()}"
        for name in CONFIGURED
        for part in ("CLIENT_ID", "CLIENT_SECRET")
    },
    "PLATFORM_OPENAI_KEY": KEY,
}

ANSWERS: dict[str, tuple[int, dict[str, Any]]] = {
    "good": (200, {"token_type": "Bearer", "expires_in": 3600}),
    "over": (400, {"error": "invalid_grant"}),
    "refused": (400, {"error": "invalid_request"}),
    "misconfigured": (401, {"error": "invalid_client"}),
    "down": (503, {}),
}
"""The answers of a token endpoint."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account as it is stored. ``life`` is what is left of its token, in seconds."""

    connector: str
    owner: str = "user"
    method: Method = Method.OAUTH2
    status: str = "active"
    reason: str | None = None
    scopes: tuple[str, ...] = ()
    life: int | None = 3000
    access: bool = True
    refresh: bool | None = True
    environment: str = HERE
    app: str | None = None
    complete: bool = True
    damaged: bool = False
    retried: bool = False


@dataclass
class World:
    """The deployment. ``mode`` is how token endpoints answer; they wait for ``gate``."""

    core: CoreServices
    catalog: Catalog
    database: Database
    clock: StoppedClock
    bulkhead: Bulkhead
    sealer: TokenSealer
    tenant: str = ""
    user: str = "alice"
    mode: str = "good"
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    def begin(self) -> None:
        """Begin anew, with another tenant."""
        self.tenant, self.mode = f"t_{secrets.token_hex(8)}", "good"
        self.gate.set()
        self.bulkhead._breakers.clear()

    def row(self, account: Account, number: int, *, is_default: bool) -> dict[str, Any]:
        """The row of an account."""
        now, connection = self.clock(), f"con_{secrets.token_hex(12)}"
        owner = ORG if account.owner == "org" else owner_of(self.user)
        is_oauth = account.method is Method.OAUTH2
        life = account.life if is_oauth else None
        expires_at = None if life is None else now + timedelta(seconds=life)
        access = Secret(f"access-{connection}") if is_oauth else pack({"key": KEY})
        sealed = self.sealer.seal(
            Tokens(
                access_token=access,
                refresh_token=None if account.refresh is None else Secret(f"again-{connection}"),
                token_type="Bearer",
                expires_at=None if life is None else now + timedelta(seconds=3600),
                scopes=(),
            ),
            tenant=self.tenant,
            owner=owner,
            connector=account.connector,
            row=connection,
            generation=1,
            now=now,
        )
        typed = {"subdomain": "acme"} if account.connector == "zendesk" else {}
        facts = {"api_endpoint": "us6.api.mailchimp.com"} if account.complete else {}
        failing = account.reason is not None and account.status != "needs_reauth"
        row: dict[str, Any] = {
            "_id": connection,
            "schema": 1 if is_oauth and account.app is None else 2,
            "tenant": self.tenant,
            "owner": owner,
            "connector": account.connector,
            "method": str(account.method),
            "slot": connection,
            "external_account_id": connection,
            "account_label": f"Account {number}",
            "metadata": json.dumps(facts),
            "connection_config": typed if account.complete else {},
            "environment": account.environment,
            "app": account.app,
            "hook": {
                "reason": "unavailable",
                "since": now,
                "attempts": 1,
                "retry_at": now + timedelta(hours=1),
            }
            if account.retried
            else None,
            "scopes": {"requested": list(account.scopes), "granted": list(account.scopes)},
            "status": account.status,
            "status_reason": account.reason,
            "status_since": now,
            "is_default": is_default,
            "issued_at": now + timedelta(seconds=(life or 3600) - 3600),
            "expires_at": expires_at,
            "fresh_until": None if expires_at is None else expires_at - timedelta(seconds=60),
            "generation": 1,
            "created_at": now + timedelta(seconds=number),
            "updated_at": now,
            "last_used_at": now,
            "refresh": {
                "fencing": 0,
                "failing_since": now if failing else None,
                "owner": None,
                "until": None,
            },
            "outbox": [],
            "tokens": {
                "access": sealed.access_token if account.access else b"garbled",
                "refresh": sealed.refresh_token if account.refresh is not False else b"garbled",
                "key": sealed.encryption_key,
                "type": "Bearer",
            },
        }
        if account.damaged:
            row["metadata"] = "{"
        return row

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer as the providers do."""
        if request.method == "GET":
            return httpx.Response(200, json={"data": []})  # the key is good
        self.asked.set()
        await self.gate.wait()
        status, body = ANSWERS[self.mode]
        new = {"access_token": secrets.token_hex(16)} if status == 200 else {}
        return httpx.Response(status, json={**body, **new})


@asynccontextmanager
async def open_world(mongodb_url: str, name: str) -> AsyncIterator[World]:
    """Open a deployment on a database of this name."""
    world: World

    async def answer(request: httpx.Request) -> httpx.Response:
        return await world.answer(request)

    transport = httpx.MockTransport(answer)
    async with (
        open_database(mongodb_url, name, Driver.PYMONGO) as database,
        httpx.AsyncClient(transport=transport) as client,
    ):
        await create_indexes(database)
        catalog, clock, policy = Catalog(ENV), StoppedClock(), EgressPolicy()
        metrics = Metrics(catalog.names())
        bulkhead = Bulkhead(metrics)
        core = core_services(
            catalog=catalog,
            database=database,
            watch=Watch(database),
            provider=Provider(Outbound(client, policy, bulkhead), clock),
            vault=VAULT,
            public_addresses=PublicAddresses(policy=policy),
            redirect_uri=lambda connector: f"https://gateway.example.com/{connector}",
            clock=clock,
            metrics=metrics,
            audit=NO_AUDIT,
            environment=HERE,
            platform_values=read_platform(ENV, catalog),
        )
        world = World(core, catalog, database, clock, bulkhead, TokenSealer(VAULT, NO_AUDIT))
        yield world
        world.gate.set()
        await core.refresher.close()
