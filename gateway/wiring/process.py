"""Opens and closes everything: from settings to services."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from connectors.catalog import Catalog
from gateway.access.identity import DEFAULT_TENANT
from gateway.access.limits import Limits
from gateway.access.link_marks import LinkMarks
from gateway.access.login.choice import Logins, open_logins
from gateway.access.login.discovery import OIDC_BULKHEAD
from gateway.access.service_keys import ServiceKeys
from gateway.access.sessions import Sessions
from gateway.audit.trail import Audit
from gateway.authorization.metadata_documents import BULKHEAD as AGENTS_BULKHEAD
from gateway.authorization.server import AuthorizationServer, open_authorization_server
from gateway.authorization.signing_keys import SigningKeys
from gateway.background import in_background
from gateway.clock import Clock
from gateway.encryption.key_check import check_encryption_keys, check_vault
from gateway.encryption.keyring import open_vault
from gateway.encryption.vault import Vault
from gateway.integrations.discoveries import Discoveries
from gateway.integrations.fetch import BULKHEAD as INTEGRATIONS_BULKHEAD
from gateway.integrations.fetch import Fetcher
from gateway.integrations.kinds import KINDS
from gateway.integrations.list_file import Entry, read_list
from gateway.integrations.mcp_client.registration import document_path, is_public
from gateway.integrations.news import News
from gateway.integrations.present import IntegrationCatalog
from gateway.integrations.registration import Registration
from gateway.integrations.remote_clients import RemoteClients
from gateway.integrations.renewals import IntegrationRenewals
from gateway.integrations.rules import IntegrationRules
from gateway.integrations.service import Integrations
from gateway.integrations.tool_review import ToolReview
from gateway.integrations.tools import MOST_COMPILED, IntegrationTools
from gateway.live.hub import Hub
from gateway.live.view import Views
from gateway.observe.logs import get_logger
from gateway.observe.metrics import Metrics
from gateway.outbound.bulkhead import Bulkhead
from gateway.outbound.client import Outbound, open_outbound
from gateway.outbound.egress import EgressPolicy
from gateway.outbound.public_addresses import PublicAddresses
from gateway.proxy.cool_downs import CoolDowns
from gateway.proxy.forward import Forward, ProxyLimits
from gateway.proxy.rejected import RejectedTokens
from gateway.proxy.stored_answers import StoredAnswers
from gateway.sandbox.link import NO_SANDBOX, SandboxLink
from gateway.server.readiness import Readiness
from gateway.server.shutdown import REFRESHES_SECONDS
from gateway.services.connections import ConnectionService
from gateway.services.open_flows import OpenFlows
from gateway.services.platform import read_platform
from gateway.services.provider import Provider
from gateway.services.renewal import Renewal
from gateway.settings.environment import Settings
from gateway.store.approvals import ApprovalStore
from gateway.store.audit import AuditStore
from gateway.store.budgets import BudgetStore
from gateway.store.clock import DatabaseClock
from gateway.store.connections import ConnectionStore
from gateway.store.cool_downs import CoolDownStore
from gateway.store.deliveries import DeliveryStore
from gateway.store.encryption_key_checks import EncryptionKeyCheckStore
from gateway.store.events import EventStore, Outbox
from gateway.store.flows import FlowStore
from gateway.store.fresh.cache import Cache
from gateway.store.fresh.watch import Watch
from gateway.store.idempotency import IdempotencyStore
from gateway.store.integration_tools import IntegrationToolStore
from gateway.store.integrations import IntegrationStore
from gateway.store.limits import LimitStore
from gateway.store.logins import LoginStore
from gateway.store.mcp_messages import McpMessageStore
from gateway.store.mongo import open_database
from gateway.store.oauth_clients import ClientStore
from gateway.store.oauth_grants import GrantStore
from gateway.store.policies import PolicyStore
from gateway.store.renewal_queue import RenewalQueue
from gateway.store.sealed import sealed_stores
from gateway.store.service_keys import KeyStore
from gateway.store.sessions import SessionStore
from gateway.store.signing_keys import SigningKeyStore
from gateway.store.usage import UsageStore
from gateway.store.usage_rules import UsageRuleStore
from gateway.store.webhooks import WebhookStore
from gateway.tools.approvals import Approvals
from gateway.tools.call import ToolCalls
from gateway.tools.discovery import Discovery
from gateway.tools.policy import Policies
from gateway.tools.registry import Registry
from gateway.tools.skills import Skills
from gateway.usage.meter import Meter
from gateway.usage.rates import Rates
from gateway.usage.rules import UsageRules
from gateway.usage.writer import Writer
from gateway.webhooks.delivery import Deliveries
from gateway.webhooks.registration import WebhookService
from gateway.wiring.catalog import open_prices
from gateway.wiring.core import CoreServices, core_services
from gateway.wiring.integrations import integration_services
from gateway.wiring.knobs import PRODUCTION, Knobs

_log = get_logger()


@dataclass(frozen=True, kw_only=True)
class Services(CoreServices):
    """Everything that the web layer and the worker use."""

    settings: Settings
    catalog: Catalog
    renewal: Renewal
    integration_renewals: IntegrationRenewals
    webhooks: WebhookService
    deliveries: Deliveries
    connections: ConnectionService
    keys: ServiceKeys
    sessions: Sessions
    logins: Logins
    authorization: AuthorizationServer | None
    public_addresses: PublicAddresses
    clock: Clock
    metrics: Metrics
    audit: Audit
    limits: Limits
    meter: Meter
    usage: UsageStore
    forward: Forward
    registry: Registry
    integrations: IntegrationCatalog
    integration_rows: IntegrationStore
    remote_clients: RemoteClients
    integration_tools: IntegrationToolStore
    discoveries: Discoveries
    integration_service: Integrations
    tool_review: ToolReview
    listed_integrations: Sequence[Entry]
    registration: Registration
    policies: Policies
    approvals: Approvals
    tool_calls: ToolCalls
    skills: Skills
    discovery: Discovery
    signing_keys: SigningKeys
    outbound: Outbound
    vault: Vault
    mcp_messages: McpMessageStore
    link_marks: LinkMarks
    live: Hub
    views: Views
    ping: Callable[[], Awaitable[None]]
    check_process: Callable[[], None]


def redirect_uri(settings: Settings, connector: str) -> str:
    """Where providers send the browser back to: from settings alone, never from a request."""
    return f"{settings.public_url}/v1/connectors/{connector}/callback"


def document_url(settings: Settings, connector: str, issuer: str) -> str | None:
    """Return our client id at the issuer of an integration; ``None`` if none can be read there."""
    if not is_public(settings.public_url):
        return None
    return settings.public_url + document_path(connector, issuer)


def only_tenant(settings: Settings) -> str | None:
    """Return the one tenant that may use this deployment's OAuth apps; ``None`` for all (B5)."""
    return None if settings.dev or settings.shared_clients else DEFAULT_TENANT


@asynccontextmanager
async def open_services(
    settings: Settings,
    env: Mapping[str, str],
    *,
    sandbox: SandboxLink = NO_SANDBOX,
    clock: Clock | None = None,
    readiness: Readiness | None = None,
    knobs: Knobs = PRODUCTION,
) -> AsyncIterator[Services]:
    """Open all services for as long as the context lasts.

    ``env`` has the connectors' variables; ``clock`` is by default the database's. Raises
    ``SettingsError``, ``ConfigError`` or ``StoreUnavailable`` if the gateway cannot start.
    """
    vault = open_vault(settings)
    catalog = knobs.catalog(settings, env, sandbox)
    registry = knobs.registry(catalog, settings.connectors_path)
    platform_values = read_platform(env, catalog)
    listed = read_list(settings.integrations_file)
    policy = EgressPolicy(allow=settings.egress_allow, reroutes=sandbox.reroutes)
    public_addresses = PublicAddresses(policy=policy, sandbox_url=sandbox.url)
    metrics = Metrics([*catalog.names(), OIDC_BULKHEAD, AGENTS_BULKHEAD, INTEGRATIONS_BULKHEAD])
    ready = readiness or Readiness()

    def check_process() -> None:
        ready.check()
        check_vault(vault)

    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        outbound = await enter(
            open_outbound(
                policy,
                Bulkhead(
                    metrics,
                    slots=settings.provider_concurrency,
                    proxy_slots=settings.proxy_concurrency,
                ),
                ca_file=settings.ca_file,
                sandbox_ca=sandbox.ca,
                total_seconds=knobs.provider_seconds,
            )
        )
        database = await enter(
            open_database(
                settings.mongodb_url.get_secret_value(),
                settings.mongodb_database,
                settings.mongodb_driver,
            )
        )
        await knobs.prepare(database)
        if clock is None:
            clock = await DatabaseClock.read(database)
            await enter(in_background(clock.run()))
        await check_encryption_keys(
            vault, EncryptionKeyCheckStore(database), sealed_stores(database), clock
        )
        audit_store = AuditStore(database, timedelta(days=settings.audit_days) or None)
        audit = Audit(audit_store, clock, metrics)
        await enter(audit.writing())
        usage_store = UsageStore(database, timedelta(days=settings.usage_days) or None)
        watch = Watch(database)
        await enter(in_background(watch.run()))
        budgets = BudgetStore(database)
        meter = Meter(
            writer=Writer(usage_store, budgets, metrics),
            store=budgets,
            usage=usage_store,
            rules=UsageRules(
                UsageRuleStore(database), Cache(watch.freshness, database.notices), audit
            ),
            rates=Rates(LimitStore(database), clock),
            prices=open_prices(settings, catalog),
            clock=clock,
            metrics=metrics,
        )
        await enter(meter.running())
        await enter(in_background(OpenFlows(FlowStore(database, vault), clock, metrics).run()))
        core = core_services(
            catalog=catalog,
            database=database,
            watch=watch,
            provider=Provider(outbound, clock, knobs.hook_seconds),
            vault=vault,
            public_addresses=public_addresses,
            redirect_uri=lambda name: redirect_uri(settings, name),
            clock=clock,
            metrics=metrics,
            audit=audit,
            knobs=knobs,
            token_cache=settings.token_cache,
            only_tenant=only_tenant(settings),
            environment=settings.environment,
            platform_values=platform_values,
        )
        stack.push_async_callback(lambda: core.refresher.close(ready.left(REFRESHES_SECONDS)))
        stack.push_async_callback(lambda: core.flow_ends.close(ready.left(REFRESHES_SECONDS)))
        sessions = Sessions(SessionStore(database, vault), clock, audit)
        limits = Limits(LimitStore(database), settings.rates, clock, metrics)
        queue, receivers = DeliveryStore(database, knobs.lease_seconds), WebhookStore(database)
        forward = Forward(
            catalog=catalog,
            tokens=core.tokens,
            outbound=outbound,
            meter=meter,
            cool_downs=CoolDowns(
                CoolDownStore(database), Cache(watch.freshness, database.notices), clock
            ),
            rejected=RejectedTokens(core.tokens, limits),
            answers=StoredAnswers(IdempotencyStore(database), vault, clock),
            metrics=metrics,
            limits=ProxyLimits(
                request_bytes=settings.proxy_request_bytes,
                answer_bytes=settings.proxy_answer_bytes,
                wait_seconds=settings.proxy_wait_seconds,
                total_seconds=settings.proxy_total_seconds,
            ),
        )
        stack.push_async_callback(lambda: forward.close(ready.left(REFRESHES_SECONDS)))
        integration_rows, integration_tools = (
            IntegrationStore(database),
            IntegrationToolStore(database),
        )
        integrations = IntegrationCatalog(
            integration_rows, catalog, Cache(watch.freshness, database.notices)
        )
        news = News(events=EventStore(database), audit=audit, clock=clock)
        discoveries = Discoveries(
            forward=forward, store=integration_tools, kinds=KINDS, clock=clock, news=news
        )
        registry.with_own(
            IntegrationTools(
                integrations=integrations,
                store=integration_tools,
                catalog=catalog,
                cache=Cache(watch.freshness, database.notices, MOST_COMPILED),
                kinds=KINDS,
                discoveries=discoveries,
                connections=ConnectionStore(database),
                is_taken=registry.has_file_tool,
            )
        )
        policies = Policies(PolicyStore(database), Cache(watch.freshness, database.notices), audit)
        managing = integration_services(
            database=database,
            outbound=outbound,
            catalog=catalog,
            registry=registry,
            rows=integration_rows,
            tools=integration_tools,
            apps=core.apps,
            disconnect=core.disconnect,
            rules=IntegrationRules(policies=policies, connector_rules=core.rules),
            clock=clock,
            audit=audit,
            news=news,
            public_url=settings.public_url,
            listed=listed,
        )
        approvals = Approvals(
            store=ApprovalStore(database),
            policies=policies,
            connections=ConnectionStore(database),
            registry=registry,
            vault=vault,
            watch=watch,
            clock=clock,
            audit=audit,
            url=settings.public_url,
            checkpoint=knobs.checkpoint,
        )
        tool_calls = ToolCalls(
            registry=registry,
            forward=forward,
            tokens=core.tokens,
            audit=audit,
            policies=policies,
            approvals=approvals,
        )
        signing_keys = SigningKeys(SigningKeyStore(database), vault, clock)
        authorization = None
        if settings.authorization_server_on:
            authorization = open_authorization_server(
                issuer=settings.public_url,
                resource=settings.mcp_url,
                clients=ClientStore(database, vault),
                grants=GrantStore(database),
                keys=signing_keys,
                sessions=SessionStore(database, vault),
                outbound=outbound,
                vault=vault,
                clock=clock,
                audit=audit,
            )
        live = Hub(database.notices, settings.event_streams)
        ready.when_stopped(live.close)
        stack.callback(live.close)
        connections = ConnectionService(ConnectionStore(database), clock, audit)
        renewal = Renewal(
            due=RenewalQueue(database),
            refresher=core.refresher,
            pasted=core.pasted,
            catalog=catalog,
            apps=core.apps,
            clock=clock,
            concurrency=settings.worker_concurrency,
        )
        yield Services(
            **vars(core),
            settings=settings,
            catalog=catalog,
            renewal=renewal,
            integration_renewals=IntegrationRenewals(integration_rows, integrations, renewal),
            webhooks=WebhookService(
                webhooks=receivers,
                deliveries=queue,
                vault=vault,
                policy=policy,
                clock=clock,
                audit=audit,
            ),
            deliveries=Deliveries(
                outbox=Outbox(database),
                queue=queue,
                webhooks=receivers,
                vault=vault,
                outbound=outbound,
                clock=clock,
                metrics=metrics,
                checkpoint=knobs.checkpoint,
            ),
            connections=connections,
            keys=ServiceKeys(
                KeyStore(database, vault), clock, audit, Cache(watch.freshness, database.notices)
            ),
            sessions=sessions,
            logins=open_logins(
                settings,
                store=LoginStore(database, vault),
                flows=FlowStore(database, vault),
                grants=GrantStore(database),
                sessions=sessions,
                outbound=outbound,
                clock=clock,
                audit=audit,
            ),
            authorization=authorization,
            public_addresses=public_addresses,
            clock=clock,
            metrics=metrics,
            audit=audit,
            limits=limits,
            meter=meter,
            forward=forward,
            policies=policies,
            registry=registry,
            integrations=integrations,
            integration_rows=integration_rows,
            remote_clients=RemoteClients(
                store=integration_rows,
                integrations=integrations,
                apps=core.apps,
                fetch=Fetcher(outbound).fetch,
                connections=ConnectionStore(database),
                clock=clock,
                redirect_uri=lambda name: redirect_uri(settings, name),
                document_url=lambda name, issuer: document_url(settings, name, issuer),
            ),
            integration_tools=integration_tools,
            discoveries=discoveries,
            integration_service=managing.service,
            tool_review=managing.review,
            listed_integrations=listed,
            registration=managing.registration,
            approvals=approvals,
            tool_calls=tool_calls,
            discovery=Discovery(
                registry=registry,
                catalog=catalog,
                availability=core.availability,
                policies=policies,
            ),
            skills=Skills(registry, catalog),
            signing_keys=signing_keys,
            outbound=outbound,
            live=live,
            views=Views(connections=connections, states=core.states, approvals=approvals),
            usage=usage_store,
            vault=vault,
            mcp_messages=McpMessageStore(database),
            link_marks=LinkMarks(vault, clock),
            ping=database.ping,
            check_process=check_process,
        )
