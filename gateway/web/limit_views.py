"""Rate limits and budgets in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.clock import rfc3339
from gateway.store.budgets import Balance
from gateway.store.usage_rules import Budget, Rule, Unit
from gateway.usage.prices import Estimate
from gateway.web.budgets import amount_text
from gateway.web.usage_views import Names

MOST_SPENT = 5
"""The counters that are shown of a budget, the fullest first."""
_SECONDS = {1: "a second", 60: "a minute", 3600: "an hour", 86_400: "a day"}
_EACH = {"key": "service key", "connection": "account"}


@dataclass(frozen=True, kw_only=True)
class Spent:
    """A counter of a budget: ``share`` is in percent, ``who`` is empty where it is of everybody."""

    who: str
    text: str
    share: int
    until: str
    until_iso: str


@dataclass(frozen=True, kw_only=True)
class RuleView:
    """A rule in words, with its fullest counters."""

    id: str
    name: str
    text: str
    observes: bool
    spent: list[Spent]


async def rule_views(names: Names, tenant: str, rules: Sequence[Rule]) -> list[RuleView]:
    """Return the tenant's rules in words, with what is spent of their budgets."""
    limit = MOST_SPENT * len(rules) or 1
    found = await names.given.meter.balances(tenant, rules, limit=limit)
    return [
        RuleView(
            id=rule.id,
            name=rule.name,
            text=_text(names, rule),
            observes=rule.mode == "observe",
            spent=[
                _spent(names, rule.budget, one)
                for one in found
                if one.rule == rule.id and rule.budget is not None
            ][:MOST_SPENT],
        )
        for rule in rules
    ]


def price_words(estimate: Estimate) -> str:
    """Return what is known of a call's price before it is made."""
    if (price := estimate.fixed) is None:
        return "depends on the answer" if estimate.is_measured else "unknown"
    return f"{'' if price.confirmed else 'about '}{price.amount} {price.currency}"


def _spent(names: Names, budget: Budget, one: Balance) -> Spent:
    used = one.spent + one.reserved
    return Spent(
        who=" ".join(_named(names, *each) for each in one.subject.items()),
        text=f"{_amount(budget, used)} of {_amount(budget, budget.most)}",
        share=min(100, 100 * used // budget.most),
        until=f"{one.until.day} {one.until:%B %Y, %H:%M} UTC",
        until_iso=rfc3339(one.until),
    )


def _amount(budget: Budget, amount: int) -> str:
    return amount_text(budget, amount) if budget.unit is Unit.MONEY else f"{amount:,}"


def _named(names: Names, field: str, value: str) -> str:
    if field == "connector":
        return names.connector(value)
    return names.key(value) if field == "key" else value


def _calls(number: int) -> str:
    return "call" if number == 1 else "calls"


def _text(names: Names, rule: Rule) -> str:
    if rule.rate is not None:
        period = _SECONDS.get(rule.rate.seconds, f"in {rule.rate.seconds:,} seconds")
        text = f"{rule.rate.most:,} {_calls(rule.rate.most)} {period}"
    else:
        assert rule.budget is not None  # noqa: S101 - a rule has one of them
        unit = rule.budget.currency or rule.budget.unit
        unit = _calls(rule.budget.most) if unit == Unit.CALLS else unit
        text = f"{_amount(rule.budget, rule.budget.most)} {unit} "
        text += f"{'an' if rule.budget.period == 'hour' else 'a'} {rule.budget.period}"
    for name, words in {"user": "for", "key": "by", "connector": "at", "operation": "of"}.items():
        if value := getattr(rule.selector, name):
            text += f", {words} {_named(names, name, value)}"
    return text + "".join(f", for each {_EACH.get(each, each)}" for each in rule.each)
