"""A meter on a real database, with the rules and prices of a test."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from gateway.clock import Clock
from gateway.observe.metrics import Metrics
from gateway.store.budgets import BudgetStore
from gateway.store.fresh.cache import Cache
from gateway.store.fresh.freshness import Freshness
from gateway.store.limits import LimitStore
from gateway.store.mongo import Database, Document
from gateway.store.usage import UsageStore
from gateway.store.usage_rules import (
    Budget,
    Each,
    Mode,
    Period,
    Rule,
    Selector,
    Unit,
    UsageRuleStore,
)
from gateway.usage.meter import Call, Meter, Outcome, Result
from gateway.usage.prices import Entry, Prices
from gateway.usage.rates import Rates
from gateway.usage.rules import UsageRules
from gateway.usage.writer import Writer
from tests.support.gateway import Harness
from tests.support.silent import NO_AUDIT

DONE = Outcome(result=Result.ANSWERED, status=200, sent=10, received=90)


class Metering:
    """A meter, and what it stored."""

    def __init__(self, database: Database, clock: Clock, prices: Sequence[Entry] = ()) -> None:
        self.database = database
        self.store = BudgetStore(database)
        self.usage = UsageStore(database)
        self.rules = UsageRules(
            UsageRuleStore(database), Cache(Freshness(), database.notices), NO_AUDIT
        )
        self.metrics = Metrics(["notes"])
        self.writer = Writer(self.usage, self.store, self.metrics)
        self.meter = Meter(
            writer=self.writer,
            store=self.store,
            usage=self.usage,
            rules=self.rules,
            rates=Rates(LimitStore(database), clock),
            prices=Prices(prices),
            clock=clock,
            metrics=self.metrics,
        )

    async def set(self, *rules: Rule, tenant: str = "default") -> None:
        """Make these the tenant's rules."""
        revision = (await UsageRuleStore(self.database).read(tenant)).revision
        await self.rules.set(tenant, rules, revision=revision)

    async def make(self, outcome: Outcome = DONE, **facts: Any) -> None:
        """Admit a call and settle it."""
        attempt = await self.meter.admit(call(**facts))
        await attempt.settle(outcome)

    async def events(self) -> list[Document]:
        """Every stored event, oldest first."""
        await self.writer.flush()
        return await self.database.collection("usage").find({}, sort=[("_id", 1)])

    async def counters(self) -> list[Document]:
        """Every counter."""
        return await self.database.collection("budgets").find({}, sort=[("since", 1)])


def call(**facts: Any) -> Call:
    """A call of alice's."""
    values: dict[str, Any] = {
        "tenant": "default",
        "user": "alice",
        "owner": "user",
        "key_id": "k1",
        "connector": "notes",
        "connection": "con_1",
        "method": "GET",
        "path": "/v1/pages",
        "host": "api.notes.example",
        "request_id": "req_1",
    }
    return Call(**values | facts)


def budget(
    most: int,
    unit: Unit = Unit.CALLS,
    period: Period = Period.DAY,
    *,
    name: str = "b",
    mode: Mode = Mode.ENFORCE,
    each: Sequence[Each] = (),
    selector: Selector | None = None,
    **more: Any,
) -> Rule:
    """A rule with a budget."""
    if unit is Unit.MONEY:
        more.setdefault("currency", "USD")
    return Rule(
        id=name,
        name=f"budget {name}",
        mode=mode,
        each=tuple(each),
        selector=selector or Selector(),
        budget=Budget(most=most, unit=unit, period=period, **more),
    )


def price(operation: str = "POST /v1/search", **facts: Any) -> Entry:
    """A price of one cent for each call."""
    values: dict[str, Any] = {
        "connector": "notes",
        "operation": operation,
        "currency": "USD",
        "units": [{"unit": "call", "amount": "0.01"}],
        "source": "https://notes.example/pricing",
        "checked_on": date(2026, 11, 29),
        "confirmed": True,
    }
    return Entry.model_validate(values | facts)


async def make_calls(gateway: Harness, count: int = 1, **facts: str) -> None:
    """Make calls through the gateway's meter, as the proxy does."""
    for _ in range(count):
        attempt = await gateway.services.meter.admit(
            call(**{"connector": "notion", "path": "/v1/search", "method": "POST"} | facts)
        )
        await attempt.settle(DONE)
    await gateway.services.meter.flush()
