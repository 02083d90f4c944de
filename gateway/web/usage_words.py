"""Sums of usage in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.store.usage import Sum, decimal_text


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Sums in words. ``failed`` are the calls without a whole answer that no rule refused."""

    calls: str
    answered: str
    refused: str
    failed: str
    data: str
    cost: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of a table: what its figures are of. ``code`` is what ``title`` says in words."""

    title: str
    figures: Figures
    code: str | None = None
    connector: str | None = None
    badge: Mapping[str, Any] | None = None
    path: str | None = None
    iso: str | None = None


def figures(total: Sum) -> Figures:
    """Return sums in words."""
    return Figures(
        calls=f"{total.calls:,}",
        answered=f"{total.answered:,}",
        refused=f"{total.refused:,}",
        failed=f"{failed_of(total):,}",
        data=size(total.sent + total.received),
        cost=cost(total),
    )


def failed_of(total: Sum) -> int:
    """Return how many calls have no whole answer and were not refused by a rule."""
    return total.calls - total.answered - total.refused


def cost(total: Sum) -> str:
    """Return what calls cost, in words: an unknown price is never nothing."""
    known = [f"{_money(nanos)} {name}" for name, nanos in sorted(total.cost.items())]
    if total.unconfirmed_prices and known:
        known[0] = f"about {known[0]}"
    if total.unknown_prices:
        calls = "1 call" if total.unknown_prices == 1 else f"{total.unknown_prices:,} calls"
        known.append(f"unknown for {calls}" if known else "unknown")
    return ", ".join(known) or "–"  # noqa: RUF001 - a dash for nothing


def _money(nanos: int) -> str:
    whole, point, rest = decimal_text(nanos).partition(".")
    return f"{int(whole):,}{point}{rest}"


def size(count: int) -> str:
    """Return bytes in words."""
    amount, units = float(count), ["bytes", "kB", "MB", "GB", "TB", "PB"]
    while round(amount, 1) >= 1000 and len(units) > 1:
        amount, units = amount / 1000, units[1:]
    return f"{amount:.0f} {units[0]}" if units[0] == "bytes" else f"{amount:,.1f} {units[0]}"


def duration(ms: float) -> str:
    """Return milliseconds in words."""
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:,.1f} s"
