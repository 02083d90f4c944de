"""The three things that the product does, over one database and one way to the providers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from connectors.catalog import Catalog
from gateway.audit.trail import NOWHERE, Audit
from gateway.clock import Clock
from gateway.encryption.tokens import TokenSealer
from gateway.encryption.vault import Vault
from gateway.observe.metrics import Metrics
from gateway.outbound.public_addresses import PublicAddresses
from gateway.services.connect import ConnectService
from gateway.services.disconnect import DisconnectService
from gateway.services.provider import Provider
from gateway.services.refresh import Checkpoint, Refresher, pass_on
from gateway.services.tokens import TokenService
from gateway.store.connections import ConnectionStore
from gateway.store.flows import FlowStore
from gateway.store.fresh.cache import Cache
from gateway.store.fresh.watch import Watch
from gateway.store.mongo import Database
from gateway.store.refresh_leases import LEASE_SECONDS, RefreshLeases


@dataclass(frozen=True, kw_only=True)
class CoreServices:
    """The three things that the product does."""

    connect: ConnectService
    tokens: TokenService
    disconnect: DisconnectService
    refresher: Refresher


def core_services(
    *,
    catalog: Catalog,
    database: Database,
    provider: Provider,
    vault: Vault,
    public_addresses: PublicAddresses,
    redirect_uri: Callable[[str], str],
    clock: Clock,
    checkpoint: Checkpoint = pass_on,
    lease_seconds: int = LEASE_SECONDS,
    watch: Watch | None = None,
    metrics: Metrics | None = None,
    token_cache: bool = False,
    only_tenant: str | None = None,
    audit: Audit = NOWHERE,
) -> CoreServices:
    """Connect, tokens and disconnect over one database and one way to the providers."""
    metrics = metrics or Metrics(catalog.names())
    watch = watch or Watch(database)
    connections = ConnectionStore(database)
    sealer = TokenSealer(vault, audit)
    refresher = Refresher(
        connections=connections,
        refreshes=RefreshLeases(database, lease_seconds),
        provider=provider,
        sealer=sealer,
        watch=watch,
        clock=clock,
        metrics=metrics,
        checkpoint=checkpoint,
        audit=audit,
    )
    return CoreServices(
        refresher=refresher,
        connect=ConnectService(
            catalog=catalog,
            flows=FlowStore(database),
            connections=connections,
            provider=provider,
            vault=vault,
            sealer=sealer,
            public_addresses=public_addresses,
            redirect_uri=redirect_uri,
            clock=clock,
            metrics=metrics,
            only_tenant=only_tenant,
            audit=audit,
        ),
        tokens=TokenService(
            catalog=catalog,
            connections=connections,
            refresher=refresher,
            sealer=sealer,
            public_addresses=public_addresses,
            clock=clock,
            metrics=metrics,
            cache=Cache(watch.freshness, database.notices) if token_cache else None,
            audit=audit,
        ),
        disconnect=DisconnectService(
            catalog=catalog,
            connections=connections,
            provider=provider,
            sealer=sealer,
            clock=clock,
            audit=audit,
        ),
    )
