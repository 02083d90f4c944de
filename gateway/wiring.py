"""Opens and closes everything: from settings to services."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from connectors.catalog import Catalog
from gateway.clock import Clock
from gateway.egress import EgressPolicy
from gateway.identity.keys import ServiceKeys
from gateway.identity.logins import Login, login_for
from gateway.identity.sessions import Sessions
from gateway.lanes import Lanes
from gateway.metrics import Metrics
from gateway.outbound import TOTAL_SECONDS, open_outbound
from gateway.reach import Reach
from gateway.readiness import Readiness
from gateway.sandbox.link import NO_SANDBOX, SandboxLink
from gateway.scopes import read_extra_scopes
from gateway.services.connect import ConnectService
from gateway.services.connections import ConnectionService
from gateway.services.disconnect import DisconnectService
from gateway.services.provider import Provider
from gateway.services.refresh import Checkpoint, Refresher, pass_on
from gateway.services.renewal import Renewal
from gateway.services.sealing import TokenSealer
from gateway.services.tokens import TokenService
from gateway.settings import Settings
from gateway.store.clock import DatabaseClock
from gateway.store.connections import ConnectionStore
from gateway.store.due import DueStore
from gateway.store.flows import FlowStore
from gateway.store.indexes import create_indexes
from gateway.store.keys import KeyStore
from gateway.store.mongo import Database, open_database
from gateway.store.refreshes import LEASE_SECONDS, RefreshStore
from gateway.store.sessions import SessionStore
from gateway.store.watch import Watch
from gateway.vault import Vault, read_keys


@dataclass(frozen=True, kw_only=True)
class Services:
    """What the web layer and the worker are given."""

    settings: Settings
    catalog: Catalog
    connect: ConnectService
    tokens: TokenService
    disconnect: DisconnectService
    refresher: Refresher
    renewal: Renewal
    connections: ConnectionService
    keys: ServiceKeys
    sessions: Sessions
    login: Login | None
    reach: Reach
    clock: Clock
    metrics: Metrics
    ping: Callable[[], Awaitable[None]]
    check_process: Callable[[], None]


@dataclass(frozen=True, kw_only=True)
class Verbs:
    """The three things that the product does."""

    connect: ConnectService
    tokens: TokenService
    disconnect: DisconnectService
    refresher: Refresher


def redirect_uri(settings: Settings, connector: str) -> str:
    """Where providers send the browser back to: from settings alone, never from a request."""
    return f"{settings.public_url}/v1/connectors/{connector}/callback"


def open_catalog(
    settings: Settings, env: Mapping[str, str], sandbox: SandboxLink = NO_SANDBOX
) -> Catalog:
    """The connectors of this process, with the scopes that its operator adds.

    Raises ``ConfigError`` or ``SettingsError``.
    """
    known = Catalog({}, settings.connectors_path).names()
    return Catalog(sandbox.overlay(env), settings.connectors_path, read_extra_scopes(env, known))


@asynccontextmanager
async def open_services(
    settings: Settings,
    env: Mapping[str, str],
    *,
    sandbox: SandboxLink = NO_SANDBOX,
    clock: Clock | None = None,
    checkpoint: Checkpoint = pass_on,
    lease_seconds: int = LEASE_SECONDS,
    provider_seconds: float = TOTAL_SECONDS,
    readiness: Readiness | None = None,
) -> AsyncIterator[Services]:
    """Everything the gateway runs on, for as long as the context lasts.

    ``env`` holds the connectors' variables; the time is the database's unless a ``clock`` is given.
    A lease (``lease_seconds``) must be longer than two answers of a provider may take
    (``provider_seconds`` each). Raises ``SettingsError``, ``ConfigError`` or ``StoreUnavailable``
    if it cannot start.
    """
    vault = Vault(read_keys(settings.encryption_keys.get_secret_value()))
    catalog = open_catalog(settings, env, sandbox)
    policy = EgressPolicy(allow=settings.egress_allow, reroutes=sandbox.reroutes)
    reach = Reach(policy=policy, sandbox_url=sandbox.url)
    metrics = Metrics(catalog.names())
    ready = readiness or Readiness()
    async with AsyncExitStack() as stack:
        outbound = await stack.enter_async_context(
            open_outbound(
                policy,
                ca_file=settings.ca_file,
                sandbox_ca=sandbox.ca,
                total_seconds=provider_seconds,
                lanes=Lanes(metrics, slots=settings.provider_concurrency),
            )
        )
        database = await stack.enter_async_context(
            open_database(
                settings.mongodb_url.get_secret_value(),
                settings.mongodb_database,
                settings.mongodb_driver,
            )
        )
        await create_indexes(database)
        if clock is None:
            clock = await DatabaseClock.read(database)
            await stack.enter_async_context(_in_background(clock.run()))
        watch = Watch(database)
        await stack.enter_async_context(_in_background(watch.run()))
        verbs = make_verbs(
            catalog=catalog,
            database=database,
            provider=Provider(outbound, clock),
            vault=vault,
            reach=reach,
            redirect_uri=lambda name: redirect_uri(settings, name),
            clock=clock,
            checkpoint=checkpoint,
            lease_seconds=lease_seconds,
            watch=watch,
            metrics=metrics,
        )
        services = _services(
            settings, catalog, database, verbs, reach, clock, metrics, lambda: ready.check(vault)
        )
        stack.push_async_callback(services.refresher.close)
        yield services


def _services(
    settings: Settings,
    catalog: Catalog,
    database: Database,
    verbs: Verbs,
    reach: Reach,
    clock: Clock,
    metrics: Metrics,
    check_process: Callable[[], None],
) -> Services:
    return Services(
        settings=settings,
        catalog=catalog,
        connect=verbs.connect,
        tokens=verbs.tokens,
        disconnect=verbs.disconnect,
        refresher=verbs.refresher,
        renewal=Renewal(
            due=DueStore(database),
            refresher=verbs.refresher,
            catalog=catalog,
            clock=clock,
            concurrency=settings.worker_concurrency,
        ),
        connections=ConnectionService(ConnectionStore(database), clock),
        keys=ServiceKeys(KeyStore(database), clock),
        sessions=Sessions(SessionStore(database), clock),
        login=login_for(settings),
        reach=reach,
        clock=clock,
        metrics=metrics,
        ping=database.ping,
        check_process=check_process,
    )


@asynccontextmanager
async def _in_background(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """A task that goes on for as long as the context lasts."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def make_verbs(
    *,
    catalog: Catalog,
    database: Database,
    provider: Provider,
    vault: Vault,
    reach: Reach,
    redirect_uri: Callable[[str], str],
    clock: Clock,
    checkpoint: Checkpoint = pass_on,
    lease_seconds: int = LEASE_SECONDS,
    watch: Watch | None = None,
    metrics: Metrics | None = None,
) -> Verbs:
    """Connect, tokens and disconnect over one database and one way to the providers."""
    metrics = metrics or Metrics(catalog.names())
    connections = ConnectionStore(database)
    sealer = TokenSealer(vault)
    refresher = Refresher(
        connections=connections,
        refreshes=RefreshStore(database, lease_seconds),
        provider=provider,
        sealer=sealer,
        watch=watch or Watch(database),
        clock=clock,
        metrics=metrics,
        checkpoint=checkpoint,
    )
    return Verbs(
        refresher=refresher,
        connect=ConnectService(
            catalog=catalog,
            flows=FlowStore(database),
            connections=connections,
            provider=provider,
            vault=vault,
            sealer=sealer,
            reach=reach,
            redirect_uri=redirect_uri,
            clock=clock,
            metrics=metrics,
        ),
        tokens=TokenService(
            catalog=catalog,
            connections=connections,
            refresher=refresher,
            sealer=sealer,
            reach=reach,
            clock=clock,
            metrics=metrics,
        ),
        disconnect=DisconnectService(
            catalog=catalog,
            connections=connections,
            provider=provider,
            sealer=sealer,
            clock=clock,
        ),
    )
