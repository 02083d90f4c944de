"""The meter: every attempt to call a provider passes it once before, and once after."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.background import in_background
from gateway.clock import Clock
from gateway.errors import RuleRateLimited, RuleRefused, StoreUnavailable, code_of
from gateway.observe.logs import get_logger
from gateway.observe.metrics import Metrics
from gateway.store.budgets import Balance, BudgetStore
from gateway.store.usage import SENT, Event, Price, Result, UsageStore, new_id, row_id
from gateway.store.usage_rules import Mode, Rule, Unit
from gateway.usage.budgets import Budgets, Hold, amount_of
from gateway.usage.operations import operation_of
from gateway.usage.prices import Estimate, Prices
from gateway.usage.rates import Rates
from gateway.usage.rules import Call, UsageRules, applying, key_of, kind_of, subject_of
from gateway.usage.writer import Writer

__all__ = ["Attempt", "Call", "Forecast", "Meter", "Outcome", "Price", "Result", "Verdict"]

_log = get_logger()

SWEEP_SECONDS = 60.0
LATE_AFTER = timedelta(minutes=5)
"""An event that has waited for so long was to be stored by a process that died."""
LOST_AFTER = timedelta(hours=1)
"""A reservation of this age belongs to a process that died: no call takes as long, since
``GATEWAY_PROXY_TOTAL_SECONDS`` is at most 3000."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How an attempt ended.

    ``sent`` and ``received`` are bytes of bodies; ``answer`` is the JSON that the attempt wanted;
    ``error`` is a stable code.
    """

    result: Result
    status: int | None = None
    sent: int = 0
    received: int = 0
    gateway_ms: float = 0.0
    provider_ms: float = 0.0
    answer: bytes | None = None
    error: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What a rule would do to a call. ``left`` is what a budget has left, in its unit.

    ``retry_after`` is in seconds.
    """

    rule: Rule
    refusal: RuleRefused | None
    left: int | None = None

    @property
    def retry_after(self) -> int | None:
        """When the rule may let the call pass."""
        return None if self.refusal is None else self.refusal.retry_after


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecast:
    """What would happen to a call: its operation, its price, and each rule that applies to it."""

    operation: str
    estimate: Estimate
    verdicts: tuple[Verdict, ...]

    @property
    def refused_by(self) -> Verdict | None:
        """The enforced rule that would refuse the call."""
        refusing = [v for v in self.verdicts if v.refusal and v.rule.mode is Mode.ENFORCE]
        return max(refusing, key=lambda v: v.retry_after or 0, default=None)


class Attempt:
    """One admitted attempt, to be settled exactly once."""

    __slots__ = (
        "_budgets",
        "_meter",
        "_settled",
        "_used",
        "began",
        "call",
        "counts_bytes",
        "estimate",
        "holds",
        "id",
        "observed",
        "operation",
        "wants_answer",
    )

    def __init__(self, meter: Meter, call: Call, estimate: Estimate, began: datetime) -> None:
        self._meter = meter
        self._settled = False
        self._used = 0
        self.id = new_id()
        self.call = call
        self.began = began
        self.estimate = estimate
        self.operation = _operation(call, estimate)
        self.holds: list[Hold] = []
        self.observed: list[str] = []
        """The rules that would have refused the call, had they been enforced."""
        self.wants_answer = estimate.is_measured
        """Whether ``settle`` needs the answer's JSON, up to 1 MiB of it."""
        self.counts_bytes = False
        """Whether ``use`` has to be told of every byte of a body before it goes on."""

    @property
    def price_header(self) -> str:
        """What is known of the price before the answer, as the header ``Gateway-Price``."""
        return self.estimate.header

    async def use(self, count: int) -> None:
        """Count bytes of a body, before they go on; raise ``BudgetSpent`` if they do not fit.

        Costs nothing unless ``counts_bytes``.
        """
        if self.counts_bytes:
            self._used += count
            await self._meter.extend(self, self._used)

    async def settle(self, outcome: Outcome) -> Price | None:
        """Record how the attempt ended; return its price, ``None`` if that is not known.

        Call it exactly once, also for refusals, aborts and cancellations. It waits for nothing.
        """
        if self._settled:
            raise RuntimeError("this attempt is settled already")
        self._settled = True
        return self._meter.record(self, outcome)


class Meter:
    """Admits attempts and records them."""

    def __init__(
        self,
        *,
        writer: Writer,
        store: BudgetStore,
        usage: UsageStore,
        rules: UsageRules,
        rates: Rates,
        prices: Prices,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._writer = writer
        self._metrics = metrics
        self._store = store
        self._usage = usage
        self.rules = rules
        self.prices = prices
        self._rates = rates
        self._budgets = Budgets(store, clock)
        self._clock = clock

    async def admit(self, call: Call) -> Attempt:
        """Admit a call before it is sent.

        Raises:
            RuleRefused: A rule refuses the call; its event is recorded.
            StoreUnavailable: A budget cannot be read; the event is recorded.
        """
        attempt = Attempt(self, call, self._estimate(call), self._clock())
        rules = self.rules.recall(call.tenant)
        if rules is None:
            try:
                rules = await self.rules.of(call.tenant)
            except StoreUnavailable as error:
                self._refuse(attempt, error)
                raise
        if rules.rules:
            await self._apply(attempt, list(applying(rules, call)))
        return attempt

    def _estimate(self, call: Call) -> Estimate:
        return self.prices.of(call.connector, call.method, call.path, call.base)

    async def _apply(self, attempt: Attempt, rules: Sequence[Rule]) -> None:
        taken: list[str] = []
        try:
            if refusal := await self._take_permits(attempt, rules, taken):
                raise refusal
            await self._reserve(attempt, rules)
        except BaseException as error:  # a cancellation is one
            for key in taken:
                self._rates.give_back(key)
            self._refuse(attempt, error)
            raise

    async def _take_permits(
        self, attempt: Attempt, rules: Sequence[Rule], taken: list[str]
    ) -> RuleRefused | None:
        """Take a permit of each rate limit; return the refusal with the longest wait."""
        refusals: list[RuleRateLimited] = []
        for rule in rules:
            if rule.rate is None:
                continue
            key = _rate_key(rule, attempt.call, attempt.operation)
            wait = await self._rates.take(key, rule.rate)
            if wait is None:
                taken.append(key)
            elif rule.mode is Mode.OBSERVE:
                attempt.observed.append(rule.id)
            else:
                refusals.append(RuleRateLimited(rule.id, rule.name, wait.total_seconds()))
        return max(refusals, key=lambda one: one.retry_after or 0, default=None)

    async def _reserve(self, attempt: Attempt, rules: Sequence[Rule]) -> None:
        event = self._usage.document(_event(attempt))
        for hold in self._budgets.holds(rules, attempt.call, attempt.operation, attempt.began):
            observes = hold.rule.mode is Mode.OBSERVE
            attempt.holds.append(hold)  # also if it is not known whether it was made
            try:
                refusal = await self._budgets.reserve(hold, event, attempt.estimate)
            except StoreUnavailable:
                if not observes:
                    raise
                _log.warning("usage_rule_not_checked")
                continue
            if hold.amount == 0:
                attempt.holds.remove(hold)
            if refusal is not None and not observes:
                raise refusal
            if refusal is not None:
                attempt.observed.append(hold.rule.id)
            elif hold.amount and hold.budget.unit is Unit.BYTES:
                attempt.counts_bytes = True

    async def extend(self, attempt: Attempt, used: int) -> None:
        """See ``Attempt.use``."""
        event = row_id(attempt.id)
        for hold in attempt.holds:
            if hold.budget.unit is not Unit.BYTES or hold.rule.id in attempt.observed:
                continue
            refusal = await self._budgets.extend(hold, event, used)
            if refusal is not None and hold.rule.mode is Mode.ENFORCE:
                raise refusal
            if refusal is not None:
                attempt.observed.append(hold.rule.id)

    def _refuse(self, attempt: Attempt, error: BaseException) -> None:
        rule = error.rule if isinstance(error, RuleRefused) else None
        result = Result.REFUSED if rule is None else Result.REFUSED_BY_RULE
        error_code = code_of(error) if isinstance(error, Exception) else "cancelled"
        self.record(attempt, Outcome(result=result, error=error_code), rule=rule)

    def record(
        self, attempt: Attempt, outcome: Outcome, *, rule: str | None = None
    ) -> Price | None:
        """Queue the event of an attempt; return its price."""
        was_sent, price = outcome.result in SENT, None
        if was_sent:
            price = attempt.estimate.price(outcome.status, outcome.answer)
        used = outcome.sent + outcome.received
        charges = [
            hold.charge(used, price) if was_sent else hold.no_charge for hold in attempt.holds
        ]
        for hold, charge in zip(attempt.holds, charges, strict=True):
            if charge.amount > hold.amount:
                _log.warning("budget_overrun", rule=hold.rule.id, connector=attempt.call.connector)
        event = replace(
            _event(attempt),
            result=outcome.result,
            status=outcome.status,
            error=outcome.error,
            sent=outcome.sent,
            received=outcome.received,
            gateway_ms=round(outcome.gateway_ms, 3),
            provider_ms=round(outcome.provider_ms, 3),
            price=price,
            charges=tuple(charges),
            rule=rule,
            observed=tuple(attempt.observed),
        )
        self._writer.add(self._usage.document(event))
        if rule is not None:
            self._metrics.rule_refused(event.connector, Mode.ENFORCE)
        for _ in event.observed:
            self._metrics.rule_refused(event.connector, Mode.OBSERVE)
        return price

    async def forecast(self, call: Call) -> Forecast:
        """Return what would happen to a call. Nothing is sent, taken, reserved or recorded."""
        estimate = self._estimate(call)
        operation, now = _operation(call, estimate), self._clock()
        verdicts = [
            await self._verdict(rule, call, operation, estimate, now)
            for rule in applying(await self.rules.of(call.tenant), call)
        ]
        return Forecast(operation=operation, estimate=estimate, verdicts=tuple(verdicts))

    async def balances(self, tenant: str, rules: Sequence[Rule], *, limit: int) -> list[Balance]:
        """Return the counters of the rules' budgets in the periods of now, the fullest first."""
        kinds = [kind_of(rule, rule.budget) for rule in rules if rule.budget is not None]
        return await self._store.balances(tenant, self._clock(), kinds, limit=limit)

    async def _verdict(
        self, rule: Rule, call: Call, operation: str, estimate: Estimate, now: datetime
    ) -> Verdict:
        if rule.rate is not None:
            wait = await self._rates.wait(_rate_key(rule, call, operation), rule.rate)
            seconds = None if wait is None else wait.total_seconds()
            refused = seconds and RuleRateLimited(rule.id, rule.name, seconds)
            return Verdict(rule=rule, refusal=refused or None)
        (hold,) = self._budgets.holds([rule], call, operation, now)
        balance = await self._store.balance(call.tenant, hold.counter.id)
        used = 0 if balance is None else balance.spent + balance.reserved
        left = max(0, hold.budget.most - used)
        needed = amount_of(rule, hold.budget, estimate)
        if isinstance(needed, RuleRefused):
            return Verdict(rule=rule, refusal=needed, left=left)
        if hold.budget.unit is Unit.BYTES:
            needed = 1
        return Verdict(rule=rule, refusal=hold.refusal(now) if needed > left else None, left=left)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Store events in the background while the context lasts, and the rest at its end."""
        async with self._writer.writing(), in_background(self._sweep()):
            yield

    async def flush(self) -> None:
        """Store all events of now; raises ``StoreUnavailable`` if the database is away."""
        await self._writer.flush()

    async def sweep(self) -> int:
        """Charge what died processes have reserved; return how many reservations there were."""
        now = self._clock()
        return await self._store.settle_lost(now - LOST_AFTER, now - LATE_AFTER)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            with contextlib.suppress(StoreUnavailable):
                if lost := await self.sweep():
                    _log.warning("budget_reservations_lost", reservations=lost)


def _operation(call: Call, estimate: Estimate) -> str:
    known = estimate.operation
    if known is None:
        return operation_of(call.method, call.named_path or call.path)
    return f"{call.method} {known.partition(' ')[2]}"


def _rate_key(rule: Rule, call: Call, operation: str) -> str:
    counts = str((rule.selector, rule.each, rule.rate))
    return key_of(call.tenant, rule, subject_of(rule, call, operation), counts)


def _event(attempt: Attempt) -> Event:
    """Return what is known of an attempt before it is made: all, if its process dies."""
    call = attempt.call
    return Event(
        id=attempt.id,
        time=attempt.began,
        tenant=call.tenant,
        user=call.user,
        owner=call.owner,
        key=call.key_id,
        connector=call.connector,
        connection=call.connection,
        operation=attempt.operation,
        host=call.host,
        request=call.request_id,
        result=Result.LOST,
        tool=call.tool,
    )
