"""Connect, tokens and disconnect: what the product does, and all that a contract test needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from connectors.catalog import Catalog
from gateway.audit.trail import Audit
from gateway.clock import Clock
from gateway.encryption.tokens import TokenSealer
from gateway.encryption.vault import Vault
from gateway.observe.metrics import Metrics
from gateway.outbound.public_addresses import PublicAddresses
from gateway.services.apps import Apps
from gateway.services.availability import Availability
from gateway.services.connect import ConnectService
from gateway.services.connector_rules import ConnectorRules
from gateway.services.disconnect import DisconnectService
from gateway.services.flow_ends import FlowEnds
from gateway.services.hooks import Hooks
from gateway.services.key_connections import KeyConnections
from gateway.services.key_provider import KeyProvider
from gateway.services.linking import Linker
from gateway.services.platform import PlatformCredentials, Values
from gateway.services.provider import Provider
from gateway.services.refresh import Refresher
from gateway.services.refresh_attempt import RefreshParts
from gateway.services.resolution import Resolution
from gateway.services.states import States
from gateway.services.tokens import TokenService
from gateway.services.unused_grants import UnusedGrants
from gateway.store.connections import ConnectionStore
from gateway.store.connector_rules import ConnectorRuleStore
from gateway.store.flows import FlowStore
from gateway.store.fresh.cache import Cache
from gateway.store.fresh.watch import Watch
from gateway.store.hook_retries import HookRetries
from gateway.store.integration_tools import IntegrationToolStore
from gateway.store.mongo import Database
from gateway.store.oauth_apps import OAuthAppStore
from gateway.store.refresh_leases import RefreshLeases
from gateway.wiring.knobs import PRODUCTION, Knobs


@dataclass(frozen=True, kw_only=True)
class CoreServices:
    """The services that act on connections."""

    apps: Apps
    connect: ConnectService
    flow_ends: FlowEnds
    pasted: KeyConnections
    tokens: TokenService
    disconnect: DisconnectService
    refresher: Refresher
    states: States
    hooks: Hooks
    rules: ConnectorRules
    platform: PlatformCredentials
    availability: Availability


def core_services(
    *,
    catalog: Catalog,
    database: Database,
    watch: Watch,
    provider: Provider,
    vault: Vault,
    public_addresses: PublicAddresses,
    redirect_uri: Callable[[str], str],
    clock: Clock,
    metrics: Metrics,
    audit: Audit,
    knobs: Knobs = PRODUCTION,
    token_cache: bool = False,
    only_tenant: str | None = None,
    environment: str = "",
    platform_values: Values = MappingProxyType({}),
) -> CoreServices:
    """Make the core services. ``redirect_uri`` maps a connector's name to its redirect URI.

    ``token_cache`` keeps read tokens in memory. ``only_tenant`` is the one tenant that may connect;
    ``None`` if any may (security B5). ``platform_values`` are the platform's own credentials.
    """
    connections = ConnectionStore(database)
    rules = ConnectorRules(
        ConnectorRuleStore(database), Cache(watch.freshness, database.notices), audit
    )
    sealer = TokenSealer(vault, audit)
    key_provider = KeyProvider(provider.outbound, clock, provider.hook_seconds)
    platform = PlatformCredentials(platform_values, key_provider, clock, database.notices)
    leases = RefreshLeases(database, knobs.lease_seconds)
    apps = Apps(
        catalog=catalog,
        store=OAuthAppStore(database),
        leases=leases,
        vault=vault,
        clock=clock,
        audit=audit,
    )
    disconnect = DisconnectService(
        apps=apps,
        connections=connections,
        provider=provider,
        sealer=sealer,
        clock=clock,
        audit=audit,
        environment=environment,
        tools=IntegrationToolStore(database),
    )
    pasted = KeyConnections(
        catalog=catalog,
        connections=connections,
        leases=leases,
        provider=key_provider,
        sealer=sealer,
        vault=vault,
        clock=clock,
        metrics=metrics,
        audit=audit,
        rules=rules,
        revoke=disconnect.revoke,
    )
    unused = UnusedGrants(connections, provider)
    refresher = Refresher(
        connections=connections,
        watch=watch,
        parts=RefreshParts(
            apps=apps,
            leases=leases,
            provider=provider,
            key_provider=key_provider,
            sealer=sealer,
            clock=clock,
            metrics=metrics,
            audit=audit,
            checkpoint=knobs.checkpoint,
            environment=environment,
            unused=unused,
        ),
        takeover_seconds=knobs.takeover_seconds,
    )
    states = States(apps, sealer, clock, environment)
    return CoreServices(
        apps=apps,
        availability=Availability(
            catalog=catalog,
            apps=apps,
            connections=connections,
            rules=rules,
            platform=platform,
            states=states,
            clock=clock,
        ),
        rules=rules,
        platform=platform,
        refresher=refresher,
        pasted=pasted,
        states=states,
        hooks=Hooks(
            catalog=catalog,
            apps=apps,
            connections=connections,
            retries=HookRetries(database),
            provider=provider,
            key_provider=key_provider,
            refresher=refresher,
            sealer=sealer,
            clock=clock,
            metrics=metrics,
            audit=audit,
        ),
        connect=ConnectService(
            catalog=catalog,
            apps=apps,
            flows=FlowStore(database, vault),
            provider=provider,
            linker=Linker(
                catalog=catalog,
                connections=connections,
                provider=provider,
                sealer=sealer,
                clock=clock,
                environment=environment,
                unused=unused,
                refresher=refresher,
            ),
            vault=vault,
            public_addresses=public_addresses,
            redirect_uri=redirect_uri,
            clock=clock,
            metrics=metrics,
            audit=audit,
            rules=rules,
            only_tenant=only_tenant,
        ),
        flow_ends=FlowEnds(FlowStore(database, vault), clock, knobs.callback_seconds),
        tokens=TokenService(
            catalog=catalog,
            apps=apps,
            connections=connections,
            resolution=Resolution(connections, rules, platform),
            platform=platform,
            refresher=refresher,
            pasted=pasted,
            sealer=sealer,
            public_addresses=public_addresses,
            clock=clock,
            metrics=metrics,
            audit=audit,
            cache=Cache(watch.freshness, database.notices) if token_cache else None,
        ),
        disconnect=disconnect,
    )
