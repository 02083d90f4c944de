"""One connector between the gateway's real services and its simulated provider, in this process.

The services, the engine and the HTTP client are the product's own; the wire is shortened, and the
clock is ours. The database is MongoDB or, in contracts, ``gateway.testing.memory``.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlencode

import httpx

from connectors.catalog import Catalog, Hook
from connectors.config import Connector, ConnectorConfig
from connectors.secret import Secret
from gateway.audit.trail import Audit
from gateway.encryption.vault import Vault, new_encryption_key, read_encryption_keys
from gateway.engine.authorize import authorization_url, new_code_verifier, new_state
from gateway.engine.callback import read_callback
from gateway.engine.inputs import read_inputs
from gateway.engine.templates import filled, render_url
from gateway.observe.metrics import Metrics
from gateway.outbound.bulkhead import Bulkhead
from gateway.outbound.client import TOTAL_SECONDS, Outbound
from gateway.outbound.egress import EgressPolicy
from gateway.outbound.public_addresses import PublicAddresses
from gateway.sandbox.authorization import Consent
from gateway.sandbox.keys import KeySimulation
from gateway.sandbox.ledger import Ledger
from gateway.sandbox.provider import ProviderSimulation, Simulation, simulation_of
from gateway.sandbox.wire import Incoming, Outcome, Refused
from gateway.services.connect import FinishedFlow, StartedFlow
from gateway.services.disconnect import Revoked
from gateway.services.provider import Provider
from gateway.services.tokens import IssuedToken, Wanted
from gateway.store.audit import AuditStore
from gateway.store.connection import Connection
from gateway.store.connections import ConnectionStore
from gateway.store.fresh.watch import Watch
from gateway.store.mongo import Database
from gateway.store.owners import owner_of
from gateway.testing.clock import FakeClock
from gateway.testing.expectations import Person, Probe
from gateway.testing.key_subject import KeySubject
from gateway.testing.subject import ContractViolation, Subject, expect_typed
from gateway.testing.wire import SandboxTransport, incoming_of
from gateway.wiring.core import CoreServices, core_services
from gateway.wiring.knobs import PRODUCTION, Knobs

GATEWAY_URL = "https://gateway.example.com"


class _OneConnector(Catalog):
    """The catalog of a subject: its config may be a mutant's, its hook is the catalog's own."""

    def __init__(self, subject: Subject | KeySubject) -> None:
        self._subject = subject
        self._locations, self._added, self._revision = {subject.name: ""}, {}, {}

    def names(self) -> tuple[str, ...]:
        return (self._subject.name,)

    def get(self, name: str) -> Connector:
        return self._subject.config

    def hook(self, config: Connector) -> Hook | None:
        return self._subject.catalog.hook(config)


@dataclass(kw_only=True)
class Bench:
    """The world of a wire check: a tenant and a user who have not connected anything yet."""

    subject: Any
    database: Database
    core: CoreServices
    make_core: Callable[[Knobs], CoreServices]
    provider: Provider
    simulation: Any
    transport: SandboxTransport
    store: ConnectionStore
    clock: FakeClock
    tenant: str = field(default_factory=lambda: f"t_{secrets.token_hex(8)}")
    user: str = field(default_factory=lambda: f"u_{secrets.token_hex(8)}")

    async def connections(self) -> list[Connection]:
        """List the user's stored connections."""
        return await self.store.list_for(self.tenant, owner_of(self.user))

    async def token(self, connection: Connection, *, force: bool = False) -> IssuedToken:
        """An access token, as a tool gets it."""
        wanted = Wanted(
            connector=self.subject.name,
            tenant=self.tenant,
            user=self.user,
            account=connection.id,
            force=force,
        )
        return await self.core.tokens.get(wanted)

    def call(self, token: IssuedToken, probe: Probe | None = None) -> Outcome:
        """A tool's call to the API with what it was given."""
        incoming = self.request(token, probe)
        if self.simulation.endpoint(incoming) != "api":
            raise ContractViolation(
                f"the provider has nothing at {incoming.method} https://{incoming.address}; "
                f"the sandbox file has {self.simulation.places()}"
            )
        found: Outcome = self.simulation.api(incoming)
        return found

    def request(self, token: IssuedToken, probe: Probe | None = None) -> Incoming:
        """The request of a tool's call to the API."""
        probe = probe or self.subject.probe
        body = probe.json
        if token.api_body and probe.method != "GET":
            body = {**(body or {}), **token.api_body}
        request = httpx.Request(
            probe.method,
            token.api_base_url + probe.path,
            params=token.api_query or None,
            json=body,
            headers=token.api_headers,
        )
        return incoming_of(request, request.read())

    def refusal(self, endpoint: str | None = None) -> str:
        """The end of a sentence about the provider's last refusal (at ``endpoint``), if any."""
        for line in reversed(self.simulation.ledger.log):
            if endpoint in {None, line["endpoint"]} and "description" in line:
                return f"; the provider refused at {line['endpoint']}: {line['description']}"
        return ""


@dataclass(kw_only=True)
class Workbench(Bench):
    """The world of a connector with OAuth."""

    subject: Subject
    simulation: ProviderSimulation

    async def start(
        self,
        person: Person | None = None,
        *,
        reconnect: str | None = None,
        scopes: tuple[str, ...] | None = None,
    ) -> StartedFlow:
        """Begin to connect. Raises ``ContractViolation`` if ``person`` leaves an input empty."""
        person = person or self.subject.people[0]
        expect_typed(self.subject.config, f"the person {person.account!r}", person.typed)
        return await self.core.connect.start(
            self.subject.config,
            tenant=self.tenant,
            user=self.user,
            typed=person.typed,
            return_to="/",
            reconnect=reconnect,
            scopes=scopes,
        )

    def consent(self, started: StartedFlow) -> Consent:
        """The provider's consent page; raises ``ContractViolation`` if it refuses to show it."""
        return self.consent_at(started.authorization_url)

    def consent_at(self, url: str) -> Consent:
        """The consent page behind an authorization URL; raises ``ContractViolation``."""
        incoming = incoming_of(httpx.Request("GET", url))
        if self.simulation.endpoint(incoming) != "authorize":
            raise ContractViolation(
                f"the provider has no authorization page at {incoming.address}; "
                f"the sandbox file has {self.simulation.places()}"
            )
        try:
            return self.simulation.authorize(incoming)
        except Refused as refused:
            raise ContractViolation(
                f"the provider refuses the authorization request: {refused}"
            ) from None

    async def finish(self, started: StartedFlow, params: Mapping[str, str]) -> FinishedFlow:
        """Bring the callback's parameters back in the browser that started."""
        return await self.core.connect.finish(
            self.subject.name,
            read_callback(urlencode(params).encode(), self.subject.config.code_param),
            tenant=self.tenant,
            user=self.user,
            cookie=started.cookie_value.reveal(),
        )

    async def connect(self, person: Person | None = None) -> Connection:
        """The whole way: start, consent as ``person`` (the first one), finish."""
        started = await self.start(person)
        params = self.approve(self.consent(started), person)
        return (await self.finish(started, params)).connection

    def approve(self, consent: Consent, person: Person | None = None) -> dict[str, str]:
        """The callback's parameters after ``person`` agreed."""
        person = person or self.subject.people[0]
        try:
            return self.simulation.approve(consent, person.account)
        except Refused as refused:
            raise ContractViolation(f"the provider does not let them connect: {refused}") from None

    def code(self, person: Person | None = None) -> tuple[Secret, Secret]:
        """Get an unused code and its verifier."""
        config, person = self.subject.config, person or self.subject.people[0]
        expect_typed(config, f"the person {person.account!r}", person.typed)
        verifier = new_code_verifier()
        values = read_inputs(config.connection_config, person.typed)
        url = authorization_url(
            filled(config, values),
            endpoint=render_url(config.authorization_url, config, values),
            redirect_uri=self.simulation.redirect_uri,
            state=new_state(),
            verifier=verifier,
        )
        params = self.approve(self.consent_at(url), person)
        return Secret(params[self.simulation.rules.authorize.code_param]), verifier

    async def exchange(
        self, code: Secret, verifier: Secret, *, config: ConnectorConfig | None = None
    ) -> None:
        """Exchange a code of the first person's, perhaps as another ``config`` would."""
        config, typed = config or self.subject.config, self.subject.people[0].typed
        values = read_inputs(config.connection_config, typed)
        await self.provider.exchange(
            filled(config, values),
            token_url=render_url(config.token_url, config, values),
            code=code,
            redirect_uri=self.simulation.redirect_uri,
            verifier=verifier,
        )

    async def refresh(self, refresh_token: Secret) -> None:
        """Use a refresh token of the first person's, and store nothing."""
        self.wait_for_refresh()
        config, typed = self.subject.config, self.subject.people[0].typed
        typed_values = read_inputs(config.connection_config, typed)
        await self.provider.refresh(
            filled(config, typed_values),
            refresh_url=render_url(config.refresh_url or config.token_url, config, typed_values),
            refresh_token=refresh_token,
            granted=config.scopes,
        )

    def wait_for_refresh(self) -> None:
        """Let time pass until the provider takes a refresh of every grant."""
        early, ledger = self.subject.provider.grant.refresh_from_seconds, self.simulation.ledger
        ends = [end for grant in ledger.grants if (end := ledger.newest_end(grant)) is not None]
        if early is not None and ends:
            self.clock.advance(seconds=max(0.0, max(ends) - early - self.clock().timestamp()))

    async def token(self, connection: Connection, *, force: bool = False) -> IssuedToken:
        """An access token, as a tool gets it."""
        if force:
            self.wait_for_refresh()
        return await super().token(connection, force=force)

    async def disconnect(self, connection: Connection) -> Revoked:
        """Forget the connection here and there."""
        return await self.core.disconnect.disconnect(connection)

    @property
    def token_requests(self) -> int:
        """How many requests reached the token endpoint."""
        return len(self.transport.requests_to("token"))


@dataclass(kw_only=True)
class KeyWorkbench(Bench):
    """The world of a connector with a pasted key."""

    subject: KeySubject
    simulation: Simulation

    async def connect(
        self,
        person: Person | None = None,
        changed: Mapping[str, str] | None = None,
        *,
        replaces: str | None = None,
    ) -> Connection:
        """Paste the values of ``person`` (the first one); ``changed`` are pasted instead."""
        typed = (person or self.subject.people[0]).typed
        return await self.core.pasted.connect(
            self.subject.config,
            tenant=self.tenant,
            owner=owner_of(self.user),
            given={**typed, **(changed or {})},
            replaces=replaces,
        )

    def keys(self) -> KeySimulation:
        """The provider's side of the keys."""
        keys = self.simulation.keys if isinstance(self.simulation, ProviderSimulation) else None
        found = self.simulation if isinstance(self.simulation, KeySimulation) else keys
        if found is None:
            raise ContractViolation("the sandbox file has no rules for keys")
        return found


@asynccontextmanager
async def open_workbench(
    subject: Subject, database: Database, total_seconds: float | None = None
) -> AsyncIterator[Workbench]:
    """Open a workbench with a fresh provider, which has ``total_seconds`` to answer."""
    async with _opened(subject, database, total_seconds) as parts:
        yield Workbench(**parts)


@asynccontextmanager
async def open_key_workbench(
    subject: KeySubject, database: Database, total_seconds: float | None = None
) -> AsyncIterator[KeyWorkbench]:
    """Open a workbench for keys with a fresh provider, which has ``total_seconds`` to answer."""
    async with _opened(subject, database, total_seconds) as parts:
        yield KeyWorkbench(**parts)


@cache
def _metrics(connector: str) -> Metrics:
    """One for all workbenches of a connector: nobody reads it, and its series are dear to make."""
    return Metrics([connector])


@asynccontextmanager
async def _opened(
    subject: Subject | KeySubject, database: Database, total_seconds: float | None
) -> AsyncIterator[dict[str, Any]]:
    """Open everything that a ``Bench`` needs."""
    database = database.apart()  # its caches would be told of the writes of all later workbenches
    clock = FakeClock()
    redirect_uri = f"{GATEWAY_URL}/v1/connectors/{subject.name}/callback"
    ledger = Ledger(now=lambda: clock().timestamp())
    simulation = simulation_of(subject.provider, ledger, redirect_uri)
    transport = SandboxTransport(simulation)
    policy = EgressPolicy()
    async with httpx.AsyncClient(transport=transport, follow_redirects=False) as client:
        metrics = _metrics(subject.name)
        outbound = Outbound(client, policy, Bulkhead(metrics), total_seconds or TOTAL_SECONDS)
        provider = Provider(outbound, clock)
        vault = Vault(read_encryption_keys(f"contract:{new_encryption_key()}"))

        def make_core(knobs: Knobs = PRODUCTION) -> CoreServices:
            return core_services(
                catalog=_OneConnector(subject),
                database=database,
                watch=Watch(database),
                provider=provider,
                vault=vault,
                public_addresses=PublicAddresses(policy=policy),
                redirect_uri=lambda name: redirect_uri,
                clock=clock,
                metrics=metrics,
                audit=Audit(AuditStore(database, None), clock, metrics),
                knobs=knobs,
            )

        yield {
            "subject": subject,
            "database": database,
            "core": make_core(),
            "make_core": make_core,
            "provider": provider,
            "simulation": simulation,
            "transport": transport,
            "store": ConnectionStore(database),
            "clock": clock,
        }
