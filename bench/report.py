"""From measured rounds to figures: medians, a table for people and a line of JSON for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import median

from bench.load import Load


@dataclass(frozen=True, kw_only=True)
class Round:
    """The two loads of one round, measured right after each other."""

    bare: Load
    token: Load
    warm_up_failures: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, kw_only=True)
class Row:
    """The medians over the rounds at one number of connections. Times are milliseconds."""

    connections: int
    bare_per_second: float
    token_per_second: float
    ratio: float
    bare_p50: float
    bare_p99: float
    token_p50: float
    token_p99: float
    errors: int


@dataclass(frozen=True, kw_only=True)
class Database:
    """What one token read asked of the database, on average."""

    queries: float
    updates: float


def row_of(connections: int, rounds: Sequence[Round]) -> Row:
    """The medians of ``rounds``. The ratio is the median of the ratios within each round."""
    return Row(
        connections=connections,
        bare_per_second=median(each.bare.rate for each in rounds),
        token_per_second=median(each.token.rate for each in rounds),
        ratio=median(_ratio(each) for each in rounds),
        bare_p50=median(each.bare.percentile(50) for each in rounds),
        bare_p99=median(each.bare.percentile(99) for each in rounds),
        token_p50=median(each.token.percentile(50) for each in rounds),
        token_p99=median(each.token.percentile(99) for each in rounds),
        errors=failures_of(rounds).total(),
    )


def failures_of(rounds: Sequence[Round]) -> Counter[str]:
    """What failed, by side and reason."""
    found: Counter[str] = Counter()
    for each in rounds:
        for side, load in (("bare", each.bare), ("token", each.token)):
            for reason, count in load.failures.items():
                found[f"{side}: {reason}"] += count
        for reason, count in each.warm_up_failures.items():
            found[f"warm-up: {reason}"] += count
    return found


def _ratio(each: Round) -> float:
    return each.token.rate / each.bare.rate if each.bare.rate else 0.0


_COLUMNS = (
    "connections", "bare req/s", "token req/s", "ratio", "bare p50 ms", "bare p99 ms",
    "token p50 ms", "token p99 ms", "errors",
)  # fmt: skip


def table(rows: Sequence[Row]) -> str:
    """The rows under their titles, aligned to the right."""
    lines = [_COLUMNS, *(_cells(row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(_COLUMNS))]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        for line in lines
    )


def _cells(row: Row) -> tuple[str, ...]:
    return (
        f"{row.connections}",
        f"{row.bare_per_second:.0f}",
        f"{row.token_per_second:.0f}",
        f"{row.ratio:.3f}",
        f"{row.bare_p50:.2f}",
        f"{row.bare_p99:.2f}",
        f"{row.token_p50:.2f}",
        f"{row.token_p99:.2f}",
        f"{row.errors}",
    )


def explanation(database: Database) -> str:
    """What each of the two does for one request."""
    return (
        "bare route   routing and a JSON answer of the same size\n"
        "token read   looks up the service key, looks up the connection, decrypts one token,\n"
        "             and writes one log line; the connection's last use is noted once a minute\n"
        f"             (counted by the database: {database.queries:.2f} queries and "
        f"{database.updates:.2f} updates per token read)"
    )


def json_line(rows: Sequence[Row], database: Database, settings: dict[str, object]) -> str:
    """Everything on one line. Times are milliseconds."""
    return json.dumps(
        {"settings": settings, "rows": [asdict(row) for row in rows], "database": asdict(database)}
    )
