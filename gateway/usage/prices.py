"""Prices of operations, from ``connectors/prices.toml``, and what an answer says it used.

Amounts are whole billionths of the currency's unit. A price that is not known is ``None``, never 0.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from connectors.errors import ConfigError
from gateway.store.usage import NANO, Price, decimal_text
from gateway.text import printable
from gateway.usage.answers import documents_of, first_of, matches_in, number_of
from gateway.usage.operations import matches, pattern

FILE = "prices.toml"

_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\[\])?(?:\.[A-Za-z_][A-Za-z0-9_]*(?:\[\])?)*")
_CURRENCY = re.compile(r"[A-Z]{3}")
_AMOUNT = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,12})?")

_Path = Annotated[str, Field(pattern=f"^{_PATH.pattern}$")]
_Paths = Annotated[tuple[_Path, ...], Field(min_length=1, strict=False)]
_Patterns = Annotated[tuple[str, ...], Field(min_length=1, strict=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class UnitPrice(_Strict):
    """The price of one unit. Without ``read``, a call uses ``count`` of them.

    ``read`` are places in the answer's JSON: the first one that is there counts, ``name[]`` counts
    the members of a list. ``less`` is subtracted. ``optional`` says that a missing place means 0;
    a count below ``least`` is not known yet. ``most`` is the greatest count of one call.
    """

    unit: Annotated[str, Field(min_length=1, max_length=60)]
    amount: Annotated[str, Field(pattern=f"^{_AMOUNT.pattern}$")]
    per: Annotated[int, Field(ge=1)] = 1
    count: Annotated[int, Field(ge=1)] = 1
    read: _Paths | None = None
    less: _Paths | None = None
    optional: bool = False
    least: Annotated[int, Field(ge=0)] = 0
    most: Annotated[int, Field(ge=1)] | None = None

    def nanos(self, count: int) -> Decimal:
        """Return what ``count`` units cost."""
        return Decimal(self.amount) * NANO * count / self.per


class Entry(_Strict):
    """The price of an operation: of all its answers, or of those that ``when`` selects.

    ``when`` and ``unless`` map a place in the answer to patterns such as ``gpt-4o-20*``. In an
    event stream, the answer may stand ``inside`` a member of an event. ``confirmed`` says that the
    provider's own page had this price on ``checked_on``.
    """

    connector: Annotated[str, Field(min_length=1)]
    operation: str
    currency: Annotated[str, Field(pattern=f"^{_CURRENCY.pattern}$")]
    units: Annotated[tuple[UnitPrice, ...], Field(min_length=1, strict=False)]
    source: Annotated[str, Field(pattern="^https://")]
    checked_on: date
    confirmed: bool
    when: dict[_Path, _Patterns] = {}
    unless: dict[_Path, _Patterns] = {}
    inside: Annotated[tuple[str, ...], Field(strict=False)] = ()
    billed: Literal["success", "always"] = "success"
    note: str = ""

    @field_validator("operation")
    @classmethod
    def _check_operation(cls, value: str) -> str:
        pattern(value)
        return value

    @cached_property
    def version(self) -> str:
        """The day of the price, and a digest of its entry: it changes with each change."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return f"{self.checked_on.isoformat()}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"

    @cached_property
    def bound(self) -> int | None:
        """The greatest price of one call, ``None`` if there is no known bound."""
        total = Decimal(0)
        for unit in self.units:
            most = unit.count if unit.read is None else unit.most
            if most is None:
                return None
            total += unit.nanos(most)
        return _whole(total)

    @cached_property
    def is_measured(self) -> bool:
        """Whether the price depends on the answer."""
        return bool(self.when or self.unless) or any(unit.read for unit in self.units)

    def fits(self, documents: Sequence[Any]) -> bool:
        """Whether this is the price of an answer."""
        return all(matches_in(documents, *one) for one in self.when.items()) and not any(
            matches_in(documents, *one) for one in self.unless.items()
        )


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is known of a call's price before it is made, from the ``entries`` of its operation."""

    entries: tuple[Entry, ...] = ()

    @property
    def operation(self) -> str | None:
        """The operation's name in the price list."""
        return self.entries[0].operation if self.entries else None

    @property
    def is_measured(self) -> bool:
        """Whether the price depends on the answer."""
        return any(entry.is_measured for entry in self.entries)

    @property
    def fixed(self) -> Price | None:
        """The price, if it is known already."""
        if self.is_measured or not self.entries:
            return None
        entry = self.entries[0]
        total = sum((unit.nanos(unit.count) for unit in entry.units), Decimal(0))
        return _price(entry, total)

    @property
    def currency(self) -> str | None:
        """The currency of the price."""
        return self.entries[0].currency if self.entries else None

    @property
    def bound(self) -> int | None:
        """The greatest price, ``None`` if it is not known. A new model may cost any price."""
        bounds = [entry.bound for entry in self.entries]
        if (
            not bounds
            or None in bounds
            or not any(not entry.when and not entry.unless for entry in self.entries)
        ):
            return None
        return max(bound for bound in bounds if bound is not None)

    @property
    def header(self) -> str:
        """The value of the header ``Gateway-Price``."""
        if not self.entries:
            return "unknown"
        fixed = self.fixed
        if fixed is not None:
            doubt = "" if fixed.confirmed else ", confirmed=no"
            return f"{fixed.amount} {fixed.currency}, version={fixed.version}{doubt}"
        units = sorted({unit.unit for entry in self.entries for unit in entry.units})
        known = "" if self.bound is None else f", most={decimal_text(self.bound)}"
        return f"measured {self.currency}, by={'+'.join(units).replace(' ', '_')}{known}"

    def price(self, status: int | None, answer: bytes | None) -> Price | None:
        """Return the price of an answered call, ``None`` if it is not known."""
        if not self.entries or status is None:
            return None
        if not 200 <= status < 300 and all(entry.billed == "success" for entry in self.entries):
            return _price(self.entries[0], Decimal(0))
        if not self.is_measured:
            return self.fixed
        for entry in self.entries:
            documents = documents_of(answer, entry.inside)
            if entry.fits(documents):
                counts = [_count(documents, unit) for unit in entry.units]
                if None in counts:
                    return None
                total = sum(
                    (u.nanos(c) for u, c in zip(entry.units, counts, strict=True) if c is not None),
                    Decimal(0),
                )
                return _price(entry, total)
        return None


UNKNOWN = Estimate()


class Prices:
    """The price list of a deployment."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            self._entries[entry.connector].append(entry)
        # The entry that selects answers comes before the one for all others.
        for found in self._entries.values():
            found.sort(key=lambda entry: not entry.when)

    def __iter__(self) -> Iterator[Entry]:
        return (entry for found in self._entries.values() for entry in found)

    def of(self, connector: str, method: str, path: str, base: str = "") -> Estimate:
        """Return what is known of the price of a call; see ``operations.matches``."""
        entries = self._entries.get(connector)
        if not entries:
            return UNKNOWN
        found = tuple(one for one in entries if matches(one.operation, method, path, base))
        # Two patterns may fit: the first one in the file counts.
        return Estimate(tuple(one for one in found if one.operation == found[0].operation))


def read_prices(*files: Path, connectors: Collection[str] | None = None) -> Prices:
    """Read the price lists that exist, a later one before an earlier one.

    Raises ``ConfigError`` that lists every problem. ``connectors`` are those that there are.
    """
    entries: list[Entry] = []
    problems: list[str] = []
    for file in reversed(files):
        if file.is_file():
            found, wrong = _read(file)
            replaced = {(one.connector, one.operation) for one in entries}
            entries += [one for one in found if (one.connector, one.operation) not in replaced]
            problems += wrong
    for entry in entries:
        if connectors is not None and entry.connector not in connectors:
            problems.append(f"{_name(entry)}: there is no such connector")
    problems += _contradictions(entries)
    if problems:
        raise ConfigError("the price list is wrong:\n" + "\n".join(problems))
    return Prices(entries)


def _read(file: Path) -> tuple[list[Entry], list[str]]:
    try:
        return _parsed(file.name, file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, OSError) as error:
        return [], [f"{file.name}: {printable(str(error))}"]


@lru_cache(maxsize=4)  # a process that opens several catalogs reads the same list again
def _parsed(name: str, text: str) -> tuple[list[Entry], list[str]]:
    try:
        rows = tomllib.loads(text).get("price", [])
    except tomllib.TOMLDecodeError as error:
        return [], [f"{name}: {printable(str(error))}"]
    entries, problems = [], []
    for number, row in enumerate(rows, 1):
        try:
            for operation in row.pop("operations", None) or [row.get("operation")]:
                entries.append(Entry.model_validate(row | {"operation": operation}))
        except ValidationError as error:
            for one in error.errors(include_input=False, include_url=False):
                place = ".".join(map(str, one["loc"]))
                problems.append(f"{name}: price {number}: {place}: {one['msg']}")
    return entries, problems


def _contradictions(entries: Sequence[Entry]) -> list[str]:
    problems, seen = [], set()
    currencies: dict[tuple[str, str], str] = {}
    for entry in entries:
        key = (entry.connector, entry.operation, str(sorted(entry.when.items())))
        if key in seen:
            problems.append(f"{_name(entry)}: has two prices")
        seen.add(key)
        place = (entry.connector, entry.operation)
        if currencies.setdefault(place, entry.currency) != entry.currency:
            problems.append(f"{_name(entry)}: has two currencies")
    return problems


def _name(entry: Entry) -> str:
    return f"{entry.connector}: {entry.operation}"


def _price(entry: Entry, total: Decimal) -> Price:
    return Price(
        nanos=_whole(total),
        currency=entry.currency,
        version=entry.version,
        confirmed=entry.confirmed,
    )


def _whole(nanos: Decimal) -> int:
    return int(nanos.to_integral_value(ROUND_CEILING))


def _count(documents: Sequence[Any], unit: UnitPrice) -> int | None:
    if unit.read is None:
        return unit.count
    count = number_of(first_of(documents, unit.read), unit.optional)
    if count is None or count < unit.least:
        return None
    if unit.less is None:
        return count
    less = number_of(first_of(documents, unit.less), optional=True)
    return None if less is None or less > count else count - less
