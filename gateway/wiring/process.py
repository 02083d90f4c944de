"""Opens and closes everything: from settings to services."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from connectors.catalog import Catalog
from gateway.access.identity import DEFAULT_TENANT
from gateway.access.limits import Limits
from gateway.access.login.choice import Logins, open_logins
from gateway.access.login.discovery import OIDC_BULKHEAD
from gateway.access.service_keys import ServiceKeys
from gateway.access.sessions import Sessions
from gateway.audit.trail import Audit
from gateway.background import in_background
from gateway.clock import Clock
from gateway.encryption.key_check import check_encryption_keys, check_vault
from gateway.encryption.keyring import open_vault
from gateway.observe.metrics import Metrics
from gateway.outbound.bulkhead import Bulkhead
from gateway.outbound.client import TOTAL_SECONDS, open_outbound
from gateway.outbound.egress import EgressPolicy
from gateway.outbound.public_addresses import PublicAddresses
from gateway.sandbox.link import NO_SANDBOX, SandboxLink
from gateway.server.readiness import Readiness
from gateway.server.shutdown import REFRESHES_SECONDS
from gateway.services.connect import ConnectService
from gateway.services.connections import ConnectionService
from gateway.services.disconnect import DisconnectService
from gateway.services.open_flows import OpenFlows
from gateway.services.provider import Provider
from gateway.services.refresh import Checkpoint, Refresher, pass_on
from gateway.services.renewal import Renewal
from gateway.services.tokens import TokenService
from gateway.settings.environment import Settings
from gateway.settings.extra_scopes import read_extra_scopes
from gateway.store.audit import AuditStore
from gateway.store.clock import DatabaseClock
from gateway.store.connections import ConnectionStore
from gateway.store.deliveries import DeliveryStore
from gateway.store.encryption_key_checks import EncryptionKeyCheckStore
from gateway.store.events import Outbox
from gateway.store.flows import FlowStore
from gateway.store.fresh.cache import Cache
from gateway.store.fresh.watch import Watch
from gateway.store.indexes import create_indexes
from gateway.store.limits import LimitStore
from gateway.store.logins import LoginStore
from gateway.store.mongo import Database, open_database
from gateway.store.refresh_leases import LEASE_SECONDS
from gateway.store.renewal_queue import RenewalQueue
from gateway.store.sealed import sealed_stores
from gateway.store.service_keys import KeyStore
from gateway.store.sessions import SessionStore
from gateway.store.webhooks import WebhookStore
from gateway.webhooks.delivery import Deliveries
from gateway.webhooks.registration import WebhookService
from gateway.wiring.core import CoreServices, core_services


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
    webhooks: WebhookService
    deliveries: Deliveries
    connections: ConnectionService
    keys: ServiceKeys
    sessions: Sessions
    logins: Logins
    public_addresses: PublicAddresses
    clock: Clock
    metrics: Metrics
    audit: Audit
    limits: Limits
    ping: Callable[[], Awaitable[None]]
    check_process: Callable[[], None]


def redirect_uri(settings: Settings, connector: str) -> str:
    """Where providers send the browser back to: from settings alone, never from a request."""
    return f"{settings.public_url}/v1/connectors/{connector}/callback"


def only_tenant(settings: Settings) -> str | None:
    """The one tenant that may connect with this deployment's OAuth apps; ``None`` if any may (B5)."""
    return None if settings.dev or settings.shared_clients else DEFAULT_TENANT


def open_catalog(
    settings: Settings, env: Mapping[str, str], sandbox: SandboxLink = NO_SANDBOX
) -> Catalog:
    """The connectors of this process, with the scopes that its operator adds.

    Raises ``ConfigError`` or ``SettingsError``.
    """
    catalog = Catalog(sandbox.overlay(env), settings.connectors_path)
    return catalog.with_scopes(read_extra_scopes(env, catalog.names()))


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
    vault = open_vault(settings)
    catalog = open_catalog(settings, env, sandbox)
    policy = EgressPolicy(allow=settings.egress_allow, reroutes=sandbox.reroutes)
    public_addresses = PublicAddresses(policy=policy, sandbox_url=sandbox.url)
    metrics = Metrics([*catalog.names(), OIDC_BULKHEAD])
    ready = readiness or Readiness()

    def check_process() -> None:
        ready.check()
        check_vault(vault)

    async with AsyncExitStack() as stack:
        outbound = await stack.enter_async_context(
            open_outbound(
                policy,
                ca_file=settings.ca_file,
                sandbox_ca=sandbox.ca,
                total_seconds=provider_seconds,
                bulkhead=Bulkhead(metrics, slots=settings.provider_concurrency),
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
            await stack.enter_async_context(in_background(clock.run()))
        await check_encryption_keys(
            vault, EncryptionKeyCheckStore(database), sealed_stores(database), clock
        )
        audit = Audit(
            AuditStore(database, timedelta(days=settings.audit_days) or None),
            clock,
            metrics=metrics,
        )
        await stack.enter_async_context(audit.writing())
        watch = Watch(database)
        await stack.enter_async_context(in_background(watch.run()))
        core = core_services(
            catalog=catalog,
            database=database,
            provider=Provider(outbound, clock),
            vault=vault,
            public_addresses=public_addresses,
            redirect_uri=lambda name: redirect_uri(settings, name),
            clock=clock,
            checkpoint=checkpoint,
            lease_seconds=lease_seconds,
            watch=watch,
            metrics=metrics,
            token_cache=settings.token_cache,
            only_tenant=only_tenant(settings),
            audit=audit,
        )
        logins = open_logins(
            settings,
            store=LoginStore(database),
            sessions=Sessions(SessionStore(database), clock, audit),
            outbound=outbound,
            clock=clock,
            audit=audit,
        )
        queue, receivers = DeliveryStore(database, lease_seconds), WebhookStore(database)
        webhooks = WebhookService(
            webhooks=receivers,
            deliveries=queue,
            vault=vault,
            policy=policy,
            clock=clock,
            audit=audit,
        )
        deliveries = Deliveries(
            outbox=Outbox(database),
            queue=queue,
            webhooks=receivers,
            vault=vault,
            outbound=outbound,
            clock=clock,
            metrics=metrics,
            checkpoint=checkpoint,
        )
        flows = OpenFlows(FlowStore(database), clock, metrics)
        await stack.enter_async_context(in_background(flows.run()))
        services = _services(
            settings,
            catalog,
            database,
            core,
            webhooks,
            deliveries,
            logins,
            ServiceKeys(KeyStore(database), clock, Cache(watch.freshness, database.notices), audit),
            public_addresses,
            clock,
            metrics,
            audit,
            Limits(LimitStore(database), settings.rates, clock, metrics),
            check_process,
        )
        stack.push_async_callback(lambda: core.refresher.close(ready.left(REFRESHES_SECONDS)))
        yield services


def _services(
    settings: Settings,
    catalog: Catalog,
    database: Database,
    core: CoreServices,
    webhooks: WebhookService,
    deliveries: Deliveries,
    logins: Logins,
    keys: ServiceKeys,
    public_addresses: PublicAddresses,
    clock: Clock,
    metrics: Metrics,
    audit: Audit,
    limits: Limits,
    check_process: Callable[[], None],
) -> Services:
    return Services(
        settings=settings,
        catalog=catalog,
        connect=core.connect,
        tokens=core.tokens,
        disconnect=core.disconnect,
        refresher=core.refresher,
        renewal=Renewal(
            due=RenewalQueue(database),
            refresher=core.refresher,
            catalog=catalog,
            clock=clock,
            concurrency=settings.worker_concurrency,
        ),
        webhooks=webhooks,
        deliveries=deliveries,
        connections=ConnectionService(ConnectionStore(database), clock, audit),
        keys=keys,
        sessions=logins.sessions,
        logins=logins,
        public_addresses=public_addresses,
        clock=clock,
        metrics=metrics,
        audit=audit,
        limits=limits,
        ping=database.ping,
        check_process=check_process,
    )
