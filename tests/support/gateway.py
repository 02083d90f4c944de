"""The gateway in this process: the real application, a real database, an ASGI transport."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send

from connectors.catalog import Catalog
from gateway.access.login.dev import DevLogin
from gateway.access.service_keys import Role
from gateway.encryption.vault import new_encryption_key
from gateway.sandbox.link import NO_SANDBOX, SandboxLink, link_sandbox
from gateway.server.fast_path import Answer
from gateway.settings.environment import Settings
from gateway.store.mongo import Database
from gateway.testing.clock import FakeClock as FakeClock
from gateway.tools.registry import Registry, Tool
from gateway.web.app import create_app
from gateway.wiring.catalog import open_catalog
from gateway.wiring.knobs import Knobs
from gateway.wiring.process import Services, open_services
from tests.support.browser import Browser

ACCOUNTS = {
    "google": "Ana Diaz (ana.diaz@example.com)",
    "google-work": "Ana Diaz (work) (ana@acme.example)",
    "mailchimp": "Acme (ana)",
    "notion": "Acme HQ (Ana Diaz)",
    "notion-other": "Side project (Ana Diaz)",
    "quickbooks": "Acme Bookkeeping",
    "salesforce": "Ana Diaz (acme.my.salesforce.com)",
    "shopify": "The store's owner",
    "zendesk": "Ana Diaz",
    "zoho-crm": "Ana Diaz (ana@acme.example)",
}
"""Labels of the sandbox's consent pages."""


KEYS = f"k1:{new_encryption_key()}"
"""The default encryption keys: the same for all, as tests start several on one database."""

PREPARED: set[tuple[str, str]] = set()
"""URL and name of the databases that have their indexes, and no rows of an earlier release."""

PATIENT = Knobs(callback_seconds=60.0)
"""A busy machine answers a callback by its end nevertheless."""


@dataclass
class Harness:
    """A running gateway. ``services`` are its insides, for arranging what no interface can."""

    settings: Settings
    services: Services
    transport: httpx.AsyncBaseTransport
    clock: FakeClock
    stack: AsyncExitStack
    keys: dict[tuple[str, tuple[Role, ...]], str] = field(default_factory=dict)

    async def browser(self, user: str | None = None) -> Browser:
        """A new browser profile, signed in as ``user`` if given."""
        method = self.services.logins.method
        code = method.code or "" if isinstance(method, DevLogin) else ""
        browser = Browser(self.settings.public_url, self.transport, sign_in_code=code)
        await self.stack.enter_async_context(browser)
        if user is not None:
            await browser.sign_in(user)
        return browser

    async def key(self, *roles: Role, tenant: str = "default") -> str:
        """A service key with these roles."""
        if (tenant, roles) not in self.keys:
            _, secret = await self.services.keys.create(tenant=tenant, roles=roles)
            self.keys[tenant, roles] = secret.reveal()
        return self.keys[tenant, roles]

    async def api(self, *roles: Role, tenant: str = "default") -> httpx.AsyncClient:
        """An API client with a key of these roles; without roles, one without a key."""
        headers = {}
        if roles:
            headers["Authorization"] = f"Bearer {await self.key(*roles, tenant=tenant)}"
        client = httpx.AsyncClient(
            base_url=self.settings.public_url,
            transport=self.transport,
            headers=headers,
            trust_env=False,
        )
        return await self.stack.enter_async_context(client)

    async def token(self, connector: str, user: str, **wanted: Any) -> httpx.Response:
        """``POST /v1/connectors/{name}/token`` as a tool server."""
        client = await self.api(Role.TOKENS)
        return await client.post(f"/v1/connectors/{connector}/token", json={"user": user, **wanted})


class _WithState:
    """Hands the lifespan's state to every request, as a server does."""

    def __init__(self, app: ASGIApp, state: Mapping[str, Any]) -> None:
        self._app, self._state = app, state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = {**self._state}
        await self._app(scope, receive, send)

    def respond_sync(self, scope: Scope, body: bytes) -> Answer | None:
        """Answer on the fast path."""
        scope["state"] = {**self._state}
        answer: Answer | None = self._app.respond_sync(scope, body)  # type: ignore[attr-defined]
        return answer


@asynccontextmanager
async def running_gateway(
    mongodb_url: str,
    database: str,
    *,
    env: Mapping[str, str] | None = None,
    clock: FakeClock | None = None,
    encryption_keys: str | None = None,
    knobs: Knobs = PATIENT,
    link: SandboxLink | None = None,
    prepares: bool = False,
    **settings: Any,
) -> AsyncIterator[Harness]:
    """A gateway with these settings, in dev mode unless they say otherwise, until the context ends.

    ``link`` leads to simulated providers; by default, ``sandbox`` of the settings names them.
    A database of ``PREPARED`` is prepared again only if ``prepares``: that takes longer than most
    tests. Limits on signing in and starting flows are off unless ``settings`` set them.
    """
    settings.setdefault(
        "limits", "sign_ins=off,session_requests=off,session_starts=off,user_starts=off"
    )
    chosen = Settings(
        mode=settings.pop("mode", "dev"),
        mongodb_url=SecretStr(mongodb_url),
        mongodb_database=database,
        encryption_keys=SecretStr(KEYS if encryption_keys is None else encryption_keys),
        **settings,
    )
    variables = dict(env or {})
    if link is None:
        link = await link_sandbox(chosen, variables) if chosen.sandbox else NO_SANDBOX
    clock = clock or FakeClock()
    knobs = replace(knobs, catalog=_catalog, registry=_registry)
    if (mongodb_url, database) in PREPARED and not prepares:
        knobs = replace(knobs, prepare=_prepared)

    def opened() -> Any:
        return open_services(chosen, variables, sandbox=link, clock=clock, knobs=knobs)

    app = create_app(chosen, opened)
    async with AsyncExitStack() as stack:
        state = await stack.enter_async_context(app.router.lifespan_context(app))
        assert state is not None
        yield Harness(
            settings=chosen,
            services=state["services"],
            transport=httpx.ASGITransport(_WithState(app, state), raise_app_exceptions=False),
            clock=clock,
            stack=stack,
        )


_CATALOGS: dict[tuple[tuple[str, str], ...], Catalog] = {}
_TOOLS: dict[int, Mapping[str, Tool]] = {}


def _catalog(settings: Settings, env: Mapping[str, str], sandbox: SandboxLink) -> Catalog:
    """A catalog; those of one environment share what they created, which takes 0.1 s."""
    if settings.connectors_path is not None:
        return open_catalog(settings, env, sandbox)
    key = tuple(sorted(sandbox.overlay(env).items()))
    if key not in _CATALOGS:
        _CATALOGS[key] = open_catalog(settings, env, sandbox)
    catalog = copy(_CATALOGS[key])
    catalog._added, catalog._added_by_tag = {}, {}  # the integrations of its own database
    return catalog


class SharedTools(Registry):
    """Reads the tools of files once for all gateways with the same connectors."""

    def _read_all(self) -> Mapping[str, Tool]:
        key = id(self._catalog._created)
        if key not in _TOOLS:
            _TOOLS[key] = super()._read_all()
        return _TOOLS[key]


def _registry(catalog: Catalog, folder: Path | None) -> Registry:
    """The tools; those of a folder are read anew."""
    return SharedTools(catalog) if folder is None else Registry(catalog, folder)


async def _prepared(database: Database) -> None:
    """Leave the database as it is."""


def with_state(app: ASGIApp, state: Mapping[str, Any]) -> ASGIApp:
    """``app`` with the lifespan's state on every request, as a server runs it."""
    return _WithState(app, state)
