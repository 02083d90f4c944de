"""The rules of a tenant: which ones apply to a call, and what each of them counts apart."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gateway.audit.trail import Audit
from gateway.digest import sha256_hex
from gateway.errors import RulesChanged
from gateway.store.audit import Action
from gateway.store.budgets import Counter
from gateway.store.fresh.cache import Cache
from gateway.store.owners import OwnerKind
from gateway.store.usage_rules import (
    Budget,
    Each,
    Period,
    Rule,
    Rules,
    UsageRuleStore,
    usage_rules_tag,
)
from gateway.usage.operations import matches

MOST_RULES = 100
"""The most rules of a tenant."""

RuleCache = Cache[str, Rules]
"""The rules of a tenant, at most a second behind the database."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One attempt to call a provider for somebody.

    ``path`` is below the API's base address, whose own path is ``base``. ``tool`` is the gateway's
    tool that calls, if one does; ``named_path`` is then the path to name the operation by.
    """

    tenant: str
    user: str
    owner: OwnerKind
    key_id: str
    connector: str
    connection: str | None
    method: str
    path: str
    host: str
    request_id: str
    base: str = ""
    tool: str | None = None
    named_path: str | None = None


class UsageRules:
    """Reads and sets rules. They are read for every call, so cached."""

    def __init__(self, store: UsageRuleStore, cache: RuleCache, audit: Audit) -> None:
        self._store = store
        self._cache = cache
        self._audit = audit

    def recall(self, tenant: str) -> Rules | None:
        """Return the tenant's rules, if they are cached."""
        return self._cache.get(tenant)

    async def of(self, tenant: str) -> Rules:
        """Return the tenant's rules."""
        rules = self._cache.get(tenant)
        if rules is None:
            reading = self._cache.reading()
            rules = await self._store.read(tenant)
            self._cache.put(reading, tenant, rules, usage_rules_tag(tenant))
        return rules

    async def read(self, tenant: str) -> Rules:
        """Return the tenant's rules as they are stored now, to change them."""
        return await self._store.read(tenant)

    async def set(self, tenant: str, rules: Sequence[Rule], *, revision: int) -> Rules:
        """Replace the rules of that revision; raise ``RulesChanged`` if it is not the latest."""
        old = await self._store.read(tenant)
        if old.revision != revision or not await self._store.write(
            tenant, rules, revision=revision
        ):
            raise RulesChanged
        before = {rule.id: rule for rule in old.rules}
        after = {rule.id: rule for rule in rules}
        for rule_id in sorted(before.keys() | after.keys()):
            if before.get(rule_id) != after.get(rule_id):
                await self._audit.write(Action.USAGE_RULE_CHANGED, tenant=tenant, subject=rule_id)
        return Rules(revision=revision + 1, rules=tuple(rules))


def applying(rules: Rules, call: Call) -> Iterator[Rule]:
    """Yield the rules that apply to a call: all of them count it."""
    for rule in rules.rules:
        wanted = rule.selector
        if (
            wanted.user in {None, call.user}
            and wanted.key in {None, call.key_id}
            and wanted.connector in {None, call.connector}
            and (
                wanted.operation is None
                or matches(wanted.operation, call.method, call.path, call.base)
            )
        ):
            yield rule


def subject_of(rule: Rule, call: Call, operation: str) -> dict[str, str]:
    """Return what a rule counts this call for: one value for each of ``rule.each``."""
    values = {
        Each.USER: call.user,
        Each.KEY: call.key_id,
        Each.CONNECTOR: call.connector,
        Each.CONNECTION: call.connection or "",
        Each.OPERATION: operation,
    }
    return {str(each): values[each] for each in rule.each}


def counter_of(rule: Rule, budget: Budget, call: Call, operation: str, now: datetime) -> Counter:
    """Return the counter of a budget for a call. A change of what it counts begins a new one."""
    subject = subject_of(rule, call, operation)
    since, until = period_of(budget.period, now)
    kind = kind_of(rule, budget)
    return Counter(
        id=key_of(call.tenant, rule, subject, kind, since.isoformat()),
        tenant=call.tenant,
        rule=rule.id,
        kind=kind,
        subject=subject,
        since=since,
        until=until,
        most=budget.most,
    )


def kind_of(rule: Rule, budget: Budget) -> str:
    """Return what a budget counts, as a hash."""
    counts = (rule.id, rule.selector, rule.each, budget.unit, budget.currency, budget.period)
    return sha256_hex(str(counts))[:32]


def key_of(tenant: str, rule: Rule, subject: Mapping[str, str], *more: str) -> str:
    """Return the id of what a rule counts: a hash, so that no value can pass for another."""
    return sha256_hex("\0".join([tenant, rule.id, repr(sorted(subject.items())), *more]))


def period_of(period: Period, now: datetime) -> tuple[datetime, datetime]:
    """Return the begin and the end of the period of ``now``, in UTC."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    if period is Period.HOUR:
        return hour, hour + timedelta(hours=1)
    day = hour.replace(hour=0)
    if period is Period.DAY:
        return day, day + timedelta(days=1)
    month = day.replace(day=1)
    return month, month + timedelta(days=calendar.monthrange(month.year, month.month)[1])
