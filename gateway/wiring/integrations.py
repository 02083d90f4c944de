"""The services behind ``/v1/integrations``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.catalog import Catalog
from gateway.audit.trail import Audit
from gateway.clock import Clock
from gateway.integrations.adding import Adding
from gateway.integrations.fetch import Fetcher
from gateway.integrations.kinds import KINDS
from gateway.integrations.list_file import Entry
from gateway.integrations.news import News
from gateway.integrations.reading import Reader
from gateway.integrations.registration import Registration
from gateway.integrations.removal import Removal
from gateway.integrations.rules import IntegrationRules
from gateway.integrations.service import Integrations
from gateway.integrations.tool_review import ToolReview
from gateway.outbound.client import Outbound
from gateway.services.apps import Apps
from gateway.services.disconnect import DisconnectService
from gateway.store.connections import ConnectionStore
from gateway.store.integration_tools import IntegrationToolStore
from gateway.store.integrations import IntegrationStore
from gateway.store.mongo import Database
from gateway.store.oauth_apps import OAuthAppStore
from gateway.tools.registry import Registry


@dataclass(frozen=True, kw_only=True)
class IntegrationServices:
    """Adding and removing integrations, and accepting what their tools do."""

    service: Integrations
    review: ToolReview
    registration: Registration


def integration_services(
    *,
    database: Database,
    outbound: Outbound,
    catalog: Catalog,
    registry: Registry,
    rows: IntegrationStore,
    tools: IntegrationToolStore,
    apps: Apps,
    disconnect: DisconnectService,
    rules: IntegrationRules,
    clock: Clock,
    audit: Audit,
    news: News,
    public_url: str,
    listed: Sequence[Entry],
) -> IntegrationServices:
    """Return the services."""
    connections = ConnectionStore(database)
    reader = Reader(KINDS, Fetcher(outbound).fetch)
    adding = Adding(
        reader=reader, store=rows, tools=tools, catalog=catalog, registry=registry, clock=clock
    )
    service = Integrations(
        adding=adding,
        reader=reader,
        store=rows,
        tools=tools,
        connections=connections,
        removal=Removal(
            store=rows,
            tools=tools,
            connections=connections,
            apps=OAuthAppStore(database),
            disconnect=disconnect,
            rules=rules,
        ),
        catalog=catalog,
        registry=registry,
        apps=apps,
        clock=clock,
        audit=audit,
        public_url=public_url,
        listed=frozenset((each.tenant, each.slug) for each in listed),
    )
    review = ToolReview(
        integrations=service,
        reader=reader,
        store=rows,
        tools=tools,
        connections=connections,
        news=news,
        clock=clock,
        audit=audit,
    )
    registration = Registration(
        adding=adding, store=rows, connections=connections, apps=apps, audit=audit
    )
    return IntegrationServices(service=service, review=review, registration=registration)
