"""The deployment of ``accounts_world`` with tools: what discovery finds, and what a call meets.

The parts are the product's own, in this process. Only the providers' APIs are not there: each one
answers as ``Caller.api_status`` says.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from connectors.errors import ConnectorError
from gateway.access.limits import Limits
from gateway.errors import ApprovalRequired, GatewayError, RulesChanged
from gateway.observe.metrics import Metrics
from gateway.outbound.client import Outbound
from gateway.outbound.egress import EgressPolicy
from gateway.proxy.cool_downs import CoolDowns
from gateway.proxy.forward import Forward, ProxyLimits
from gateway.proxy.rejected import RejectedTokens
from gateway.proxy.stored_answers import StoredAnswers
from gateway.settings.limits import read_limit_rates
from gateway.store.approvals import ApprovalStore
from gateway.store.budgets import BudgetStore
from gateway.store.connections import ConnectionStore
from gateway.store.cool_downs import CoolDownStore
from gateway.store.fresh.cache import Cache
from gateway.store.fresh.watch import Watch
from gateway.store.idempotency import IdempotencyStore
from gateway.store.limits import LimitStore
from gateway.store.policies import PolicyRule, PolicyStore
from gateway.store.usage import UsageStore
from gateway.store.usage_rules import UsageRuleStore
from gateway.tools.approvals import Approvals
from gateway.tools.call import ToolCalls
from gateway.tools.context import Asked
from gateway.tools.discovery import Discovery, Finding, View, Wanted
from gateway.tools.policy import Policies
from gateway.tools.registry import Registry, Tool
from gateway.tools.result import ToolResult
from gateway.usage.meter import Meter
from gateway.usage.prices import read_prices
from gateway.usage.rates import Rates
from gateway.usage.rules import UsageRules
from gateway.usage.writer import Writer
from tests.support.sealing import VAULT
from tests.support.silent import NO_AUDIT
from tests.tools import several_needs
from tests.tools.accounts_world import CONNECTORS, World, open_world

Met = ToolResult | GatewayError | ConnectorError


@dataclass
class Caller:
    """Asks for tools and calls them, as alice."""

    world: World
    discovery: Discovery
    calls: ToolCalls
    policies: Policies
    approvals: Approvals
    tools: Sequence[Tool]
    """Those of the world's connectors."""
    api_status: int = 200

    async def look(self) -> View:
        """Read what alice has."""
        return await self.discovery.look(self.world.tenant, self.world.user)

    async def found(self) -> dict[str, Finding]:
        """Return what discovery says of each tool that it shows."""
        view = await self.look()
        return {each.tool.name: each for each in await view.find(Wanted())}

    async def call(self, tool: Tool, approval: str | None = None) -> Met:
        """Call a tool; return its result, or the error."""
        asked = Asked(
            tool=tool.name,
            arguments=tool.examples[0] if tool.examples else {},
            tenant=self.world.tenant,
            user=self.world.user,
            key_id=f"key-{self.world.tenant}",
            request_id="request",
            approval=approval,
        )
        try:
            return await self.calls.call(asked)
        except (GatewayError, ConnectorError) as error:
            return error

    async def approve(self, tool: Tool, asked: ApprovalRequired) -> Met:
        """Let alice approve a call, and repeat it."""
        tenant, user = self.world.tenant, self.world.user
        await self.approvals.decide(tenant, asked.approval_id, user=user, admin=False, approve=True)
        return await self.call(tool, asked.approval_id)

    async def set_policies(self, rules: Sequence[PolicyRule], disabled: Sequence[str]) -> None:
        """Replace the tenant's policies."""
        tenant = self.world.tenant
        revision = (await self.policies.read(tenant)).revision
        try:
            await self.policies.set(tenant, rules=rules, disabled=disabled, revision=revision)
        except RulesChanged as error:  # nobody else sets them
            raise AssertionError from error

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer as a provider's API."""
        return httpx.Response(self.api_status, json={})


@asynccontextmanager
async def open_caller(mongodb_url: str, name: str, folder: Path) -> AsyncIterator[Caller]:
    """Open the deployment on a database of this name; ``folder`` is for tool files."""
    (folder / "tools").mkdir()
    shutil.copy(several_needs.__file__, folder / "tools" / "several_needs.py")
    caller: Caller

    async def answer(request: httpx.Request) -> httpx.Response:
        return await caller.answer(request)

    async with open_world(mongodb_url, name) as world, httpx.AsyncClient() as client:
        database, clock, core = world.database, world.clock, world.core
        watch, metrics = Watch(database), Metrics(world.catalog.names())
        registry = Registry(world.catalog, folder)
        budgets, usage = BudgetStore(database), UsageStore(database, None)
        meter = Meter(
            writer=Writer(usage, budgets, metrics),
            store=budgets,
            usage=usage,
            rules=UsageRules(
                UsageRuleStore(database), Cache(watch.freshness, database.notices), NO_AUDIT
            ),
            rates=Rates(LimitStore(database), clock),
            prices=read_prices(connectors=world.catalog.names()),
            clock=clock,
            metrics=metrics,
        )
        transport = httpx.MockTransport(answer)
        forward = Forward(
            catalog=world.catalog,
            tokens=core.tokens,
            outbound=Outbound(client, EgressPolicy(), world.bulkhead, transport=transport),
            meter=meter,
            cool_downs=CoolDowns(
                CoolDownStore(database), Cache(watch.freshness, database.notices), clock
            ),
            rejected=RejectedTokens(
                core.tokens,
                Limits(LimitStore(database), read_limit_rates(""), clock, metrics),
                lambda: clock().timestamp(),
            ),
            answers=StoredAnswers(IdempotencyStore(database), VAULT, clock),
            metrics=metrics,
            limits=ProxyLimits(
                request_bytes=1_000_000, answer_bytes=1_000_000, wait_seconds=10, total_seconds=20
            ),
        )
        policies = Policies(
            PolicyStore(database), Cache(watch.freshness, database.notices), NO_AUDIT
        )
        approvals = Approvals(
            store=ApprovalStore(database),
            policies=policies,
            connections=ConnectionStore(database),
            registry=registry,
            vault=VAULT,
            watch=watch,
            clock=clock,
            audit=NO_AUDIT,
            url="https://gateway.example.com",
        )
        caller = Caller(
            world=world,
            discovery=Discovery(
                registry=registry,
                catalog=world.catalog,
                availability=core.availability,
                policies=policies,
            ),
            calls=ToolCalls(
                registry=registry,
                forward=forward,
                tokens=core.tokens,
                audit=NO_AUDIT,
                policies=policies,
                approvals=approvals,
            ),
            policies=policies,
            approvals=approvals,
            tools=[each for each in registry.tools() if set(each.connectors) <= {*CONNECTORS}],
        )
        assert not registry.problems(), registry.problems()
        async with meter.running():
            yield caller
