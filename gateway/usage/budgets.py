"""Budgets of rules: reserve before a call, charge after it (rule 13)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bson import ObjectId

from gateway.clock import Clock, rfc3339
from gateway.errors import BudgetSpent, PriceUnknown, RuleRefused
from gateway.store.budgets import BudgetStore, Counter
from gateway.store.mongo import Document
from gateway.store.usage import Charge, Price
from gateway.store.usage_rules import Budget, Period, Rule, Unit, UnknownPrice
from gateway.usage.prices import Estimate
from gateway.usage.rules import Call, counter_of

CHUNK = 1024 * 1024
"""The bytes that a call reserves at a time."""
_REMEMBERED = 10_000
_LONGEST_FIRST = {Period.MONTH: 0, Period.DAY: 1, Period.HOUR: 2}


@dataclass(kw_only=True, slots=True)
class Hold:
    """The part of a budget that a call has reserved."""

    rule: Rule
    budget: Budget
    counter: Counter
    amount: int = 0

    def refusal(self, now: datetime) -> RuleRefused:
        """Return the error of a call that does not fit."""
        until = self.counter.until
        seconds = (until - now).total_seconds()
        return BudgetSpent(self.rule.id, self.rule.name, seconds, rfc3339(until))

    def charge(self, used: int, price: Price | None) -> Charge:
        """Return what a call owes: all that it reserved, if it is not known how much it used."""
        amount = self.amount
        if self.budget.unit is Unit.BYTES:
            amount = min(used, amount)
        elif self.budget.unit is Unit.MONEY and price is not None:
            amount = price.nanos
        return replace(self.no_charge, amount=amount)

    @property
    def no_charge(self) -> Charge:
        """What a call owes that was not made."""
        return Charge(counter=self.counter.id, rule=self.rule.id, amount=0)


class Budgets:
    """Reserves and extends. Settling is the writer's: it stores events and charges together."""

    def __init__(self, store: BudgetStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._spent: OrderedDict[str, int] = OrderedDict()
        """What was spent of budgets that refused: it grows only, so they refuse from memory."""

    def holds(self, rules: Iterable[Rule], call: Call, operation: str, now: datetime) -> list[Hold]:
        """Return what a call has to reserve, the longest period first: its refusal counts."""
        found = [
            Hold(
                rule=one,
                budget=one.budget,
                counter=counter_of(one, one.budget, call, operation, now),
            )
            for one in rules
            if one.budget is not None
        ]
        return sorted(found, key=lambda hold: _LONGEST_FIRST[hold.budget.period])

    async def reserve(self, hold: Hold, event: Document, estimate: Estimate) -> RuleRefused | None:
        """Reserve for a call; return the refusal if it does not fit.

        Raises ``StoreUnavailable``: then the reservation may have been made.
        """
        needed = amount_of(hold.rule, hold.budget, estimate)
        if isinstance(needed, RuleRefused):
            return needed
        if needed == 0:
            return None
        now, is_bytes, counter = self._clock(), hold.budget.unit is Unit.BYTES, hold.counter
        if self._spent.get(counter.id, 0) + (1 if is_bytes else needed) > counter.most:
            return hold.refusal(now)
        hold.amount = needed
        hold.amount, spent = await self._store.reserve(
            counter, event, needed, now=now, partly=is_bytes
        )
        if hold.amount:
            return None
        self._spent[counter.id] = spent
        if len(self._spent) > _REMEMBERED:
            self._spent.popitem(last=False)
        return hold.refusal(now)

    async def extend(self, hold: Hold, event: ObjectId, used: int) -> RuleRefused | None:
        """Reserve more bytes, so that ``used`` of them fit; return the refusal if they do not."""
        if used > hold.amount:
            more = max(CHUNK, used - hold.amount)
            hold.amount = max(hold.amount, await self._store.extend(hold.counter, event, more))
        return None if used <= hold.amount else hold.refusal(self._clock())


def amount_of(rule: Rule, budget: Budget, estimate: Estimate) -> int | RuleRefused:
    """Return how much a call reserves of a budget, 0 for nothing, or why it cannot."""
    if budget.unit is Unit.CALLS:
        return 1
    if budget.unit is Unit.BYTES:
        return CHUNK
    bound = estimate.bound if estimate.currency == budget.currency else None
    if bound is None:
        bound = budget.reserve
    if bound is not None:
        return bound
    if budget.unknown_price is UnknownPrice.ALLOW:
        return 0
    return PriceUnknown(rule.id, rule.name)
