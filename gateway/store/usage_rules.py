"""Rules for usage, rate limits and budgets: the collection ``usage_rules``, one row a tenant.

They are cached until the row changes (``usage_rules_tag``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from gateway.errors import WriteConflict
from gateway.store.fresh.notices import Tag, row_tag
from gateway.store.mongo import Database, Document


class Mode(StrEnum):
    """``enforce`` refuses calls; ``observe`` only notes which ones it would refuse."""

    ENFORCE = "enforce"
    OBSERVE = "observe"


class Each(StrEnum):
    """What a rule counts apart: with ``user``, each user has a limit of their own."""

    USER = "user"
    KEY = "key"
    CONNECTOR = "connector"
    CONNECTION = "connection"
    OPERATION = "operation"


class Algorithm(StrEnum):
    """How a rate limit counts: in fixed windows, or with a token bucket."""

    WINDOW = "window"
    BUCKET = "bucket"


class Unit(StrEnum):
    """What a budget counts."""

    CALLS = "calls"
    BYTES = "bytes"
    MONEY = "money"


class Period(StrEnum):
    """The length of a budget. Periods begin in UTC."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


class UnknownPrice(StrEnum):
    """What a budget of money does to a call whose greatest price is not known."""

    REFUSE = "refuse"
    ALLOW = "allow"


@dataclass(frozen=True, kw_only=True, slots=True)
class RateLimit:
    """At most ``most`` calls in ``seconds``."""

    most: int
    seconds: int
    algorithm: Algorithm = Algorithm.BUCKET


@dataclass(frozen=True, kw_only=True, slots=True)
class Budget:
    """At most ``most`` of ``unit`` in each period; money is in billionths of ``currency``.

    ``reserve`` is set aside for a call whose greatest price is not known.
    """

    most: int
    unit: Unit
    period: Period
    currency: str | None = None
    reserve: int | None = None
    unknown_price: UnknownPrice = UnknownPrice.REFUSE


@dataclass(frozen=True, kw_only=True, slots=True)
class Selector:
    """The calls of a rule: all that have each of the set fields."""

    user: str | None = None
    key: str | None = None
    connector: str | None = None
    operation: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A rate limit or a budget, for the calls that ``selector`` selects."""

    id: str
    name: str
    mode: Mode = Mode.ENFORCE
    selector: Selector = field(default_factory=Selector)
    each: tuple[Each, ...] = ()
    rate: RateLimit | None = None
    budget: Budget | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """The rules of a tenant. ``revision`` grows with each change."""

    revision: int = 0
    rules: tuple[Rule, ...] = ()


class UsageRuleStore:
    """The rules of each tenant."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection("usage_rules")
        self._notices = database.notices

    async def read(self, tenant: str) -> Rules:
        """Return the tenant's rules."""
        row = await self._rows.find_one(_row(tenant))
        if row is None:
            return Rules()
        return Rules(revision=row["revision"], rules=tuple(map(_read, row["rules"])))

    async def write(self, tenant: str, rules: Sequence[Rule], *, revision: int) -> bool:
        """Replace the rules of that revision; return whether it was the current one."""
        new = {"rules": [_document(rule) for rule in rules], "revision": revision + 1}
        with self._notices.telling(usage_rules_tag(tenant)):
            try:
                return await self._rows.update_one(
                    _row(tenant) | {"revision": revision}, {"$set": new}, upsert=False
                ) or (revision == 0 and await self._insert(_row(tenant) | new))
            except WriteConflict:
                return False

    async def _insert(self, row: Document) -> bool:
        await self._rows.insert(row)
        return True


def _document(rule: Rule) -> Document:
    # StrEnum members are strings to asdict, and MongoDB stores plain strings alone.
    document: Document = _plain(asdict(rule))
    return document


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, StrEnum) else value


def _read(row: Document) -> Rule:
    rate, budget = row["rate"], row["budget"]
    return Rule(
        id=row["id"],
        name=row["name"],
        mode=Mode(row["mode"]),
        selector=Selector(**row["selector"]),
        each=tuple(map(Each, row["each"])),
        rate=rate and RateLimit(**rate | {"algorithm": Algorithm(rate["algorithm"])}),
        budget=budget
        and Budget(
            **budget
            | {
                "unit": Unit(budget["unit"]),
                "period": Period(budget["period"]),
                "unknown_price": UnknownPrice(budget["unknown_price"]),
            }
        ),
    )


def _row(tenant: str) -> Document:
    return {"_id": tenant, "tenant": tenant}


def usage_rules_tag(tenant: str) -> Tag:
    """Return the tag of changes of a tenant's rules."""
    return row_tag("usage_rules", tenant)
