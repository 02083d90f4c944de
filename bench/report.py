"""From what was measured to figures: ratios with their targets, tables, and a line of JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median

from bench.compare import Cell, Cells


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure by its name: a ratio with a lower bound, or a number of ``unit`` with an upper one.

    The bound is its ``target``.
    """

    name: str
    value: float
    unit: str = ""
    target: float | None = None

    @property
    def missed(self) -> bool:
        """Whether it is beyond its target."""
        if self.target is None:
            return False
        return self.value > self.target if self.unit else self.value < self.target


@dataclass(frozen=True, kw_only=True)
class Speed:
    """The medians over the rounds of one server at one number of connections.

    Times are milliseconds; ``queries`` is what the database was asked per request, ``rows`` what
    it returned.
    """

    server: str
    connections: int
    per_second: float
    p50: float
    p99: float
    queries: float
    rows: float
    errors: int


@dataclass(frozen=True, kw_only=True)
class Storm:
    """The medians over the storms of ``callers`` on ``accounts``; times are milliseconds.

    ``served`` is when the last one had its token, ``provider`` the provider's longest answer, and
    ``beyond`` the one without the other; ``worst`` is the highest ``beyond``. ``calm`` is how long
    as many callers take at once when no token is over. ``cpu`` is what the storm took of the
    processors, by role.
    """

    callers: int
    accounts: int
    served: float
    provider: float
    beyond: float
    worst: float
    calm: float
    cpu: Mapping[str, float]


@dataclass(kw_only=True)
class Result:
    """Everything that one run found out."""

    figures: list[Figure] = field(default_factory=list)
    speeds: list[Speed] = field(default_factory=list)
    storms: list[Storm] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)

    def add_cells(self, cells: Cells) -> None:
        """Take over the speeds and failures of ``cells``."""
        for (server, connections), each in cells.items():
            found = _failures(each)
            self.speeds.append(speed_of(server, connections, each))
            self.failures.update({f"{server}: {reason}": n for reason, n in found.items()})


def speed_of(server: str, connections: int, cells: Sequence[Cell]) -> Speed:
    """The medians of ``cells``."""
    return Speed(
        server=server,
        connections=connections,
        per_second=median(cell.load.rate for cell in cells),
        p50=median(cell.load.percentile(50) for cell in cells),
        p99=median(cell.load.percentile(99) for cell in cells),
        queries=median(cell.queries for cell in cells),
        rows=median(cell.rows for cell in cells),
        errors=sum(_failures(cells).values()),
    )


def _failures(cells: Sequence[Cell]) -> Counter[str]:
    found: Counter[str] = Counter()
    for cell in cells:
        found.update(cell.load.failures)
        found.update({f"warm-up: {reason}": n for reason, n in cell.warm_up.failures.items()})
    return found


def figures_table(figures: Sequence[Figure]) -> str:
    """Each figure with its target."""
    lines = []
    for figure in figures:
        value = f"{figure.value:.1f} {figure.unit}" if figure.unit else f"{figure.value:.3f}"
        target = verdict = ""
        if figure.target is not None:
            target = f"{figure.target:.2f}"
            verdict = "missed" if figure.missed else "reached"
        lines.append((figure.name, value, target, verdict))
    return _table(("figure", "value", "target", ""), lines)


def speeds_table(speeds: Sequence[Speed]) -> str:
    """The absolute figures behind the ratios."""
    return _table(
        (
            "server",
            "connections",
            "per second",
            "p50 ms",
            "p99 ms",
            "queries each",
            "rows each",
            "errors",
        ),
        [
            (
                each.server,
                f"{each.connections}",
                f"{each.per_second:.0f}",
                f"{each.p50:.2f}",
                f"{each.p99:.2f}",
                f"{each.queries:.2f}",
                f"{each.rows:.2f}",
                f"{each.errors}",
            )
            for each in speeds
        ],
    )


def storms_table(storms: Sequence[Storm]) -> str:
    """The absolute figures of the storms, with the CPU milliseconds of each role."""
    roles = sorted({role for each in storms for role in each.cpu})
    return _table(
        (
            "storm",
            "last served ms",
            "provider ms",
            "beyond ms",
            "worst ms",
            "calm ms",
            *(f"{role} CPU" for role in roles),
        ),
        [
            (
                f"{each.callers} callers, {each.accounts} accounts",
                f"{each.served:.1f}",
                f"{each.provider:.1f}",
                f"{each.beyond:.1f}",
                f"{each.worst:.1f}",
                f"{each.calm:.1f}",
                *(f"{each.cpu.get(role, 0.0):.0f}" for role in roles),
            )
            for each in storms
        ],
    )


def _table(titles: tuple[str, ...], lines: Sequence[tuple[str, ...]]) -> str:
    """Lines under their titles; the first column to the left, numbers to the right."""
    every = [titles, *lines]
    widths = [max(len(line[i]) for line in every) for i in range(len(titles))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in every
    )


def json_line(result: Result, settings: dict[str, object]) -> str:
    """Everything on one line. Times are milliseconds."""
    rows = {
        name: [asdict(each) for each in getattr(result, name)]
        for name in ("figures", "speeds", "storms")
    }
    return json.dumps({"settings": settings, **rows, "failures": dict(result.failures)})
