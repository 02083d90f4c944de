"""The calls of each day as a plot, which is drawn on the server, and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gateway.store.usage import Sum
from gateway.web.days import long_date
from gateway.web.usage_words import Row, failed_of, figures

BAR, PLOT_HEIGHT = 20, 120
"""The width of a day in a plot, and the plot's height, in its own units."""
_LEAST, _TOP = 2, 4
"""The height of the smallest part of a bar, and the room above the highest bar."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A piece of a bar: ``kind`` is ``answered``, ``failed`` or ``refused``."""

    kind: str
    y: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A day of a plot. ``title`` says its numbers in words."""

    x: int
    parts: list[Part]
    title: str


@dataclass(frozen=True, kw_only=True)
class Plot:
    """The calls of each day. ``most`` is the number at its upper line, ``summary`` says it all."""

    bars: list[Bar]
    rows: list[Row]
    most: str
    first: date
    last: date
    summary: str
    kinds: list[str]
    width: int = 0
    height: int = PLOT_HEIGHT
    bar: int = BAR - 4
    top: int = _TOP


def plot(since: date, length: int, days: Sequence[Sum]) -> Plot:
    """Return the plot of ``length`` days from ``since`` on."""
    by_day = {one.of["day"]: one for one in days}
    highest = max((one.calls for one in days), default=0)
    most = _round_up(max(highest, 1))
    dates = [since + timedelta(days=number) for number in range(length)]
    bars, rows = [], []
    for number, day in enumerate(dates):
        one = by_day.get(day.isoformat(), Sum(of={}))
        bars.append(Bar(x=number * BAR + 2, parts=_parts(one, most), title=_words(day, one)))
        if one.calls:
            rows.append(Row(title=long_date(day), iso=day.isoformat(), figures=figures(one)))
    total = sum(one.calls for one in days)
    summary = f"Calls of each day from {long_date(since)} to {long_date(dates[-1])}: {total:,}"
    if highest:
        day = next(day for day in dates if by_day.get(day.isoformat(), Sum(of={})).calls == highest)
        summary += f". Most on {long_date(day)}: {highest:,}"
    kinds = {part.kind for bar in bars for part in bar.parts}
    return Plot(
        bars=bars,
        rows=rows[::-1],
        most=f"{most:,}",
        first=since,
        last=dates[-1],
        summary=summary,
        kinds=[kind for kind in ("answered", "failed", "refused") if kind in kinds],
        width=length * BAR,
    )


def _round_up(number: int) -> int:
    power: int = 10 ** (len(str(number)) - 1)
    return next(step * power for step in (1, 2, 3, 4, 5, 6, 8, 10) if step * power >= number)


def _parts(one: Sum, most: int) -> list[Part]:
    found, y = [], PLOT_HEIGHT
    counts = {"answered": one.answered, "failed": failed_of(one), "refused": one.refused}
    for kind, count in counts.items():
        if count:
            height = max(_LEAST, round((PLOT_HEIGHT - _TOP) * count / most))
            y -= height
            found.append(Part(kind=kind, y=y, height=height))
    return found


def _words(day: date, one: Sum) -> str:
    words = f"{long_date(day)}: {one.calls:,} {'call' if one.calls == 1 else 'calls'}"
    if failed := failed_of(one):
        words += f", {failed:,} not completed"
    return words + (f", {one.refused:,} refused by a rule" if one.refused else "")
