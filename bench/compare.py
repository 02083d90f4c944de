"""Servers measured in turn, A, B, B, A, …: what a ratio compares was measured within one round.

A machine is faster in one minute than in the next one; a ratio within a round feels little of that,
and the median over the rounds less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bench.load import Load, Target, run_load
from bench.processes import DatabaseCounters, NotStarted

WARM_UP_SHARE = 0.2
"""How long each cell runs before it is measured, as a share of its time."""

FIRST_READS_SECONDS = 300.0


@dataclass(frozen=True, kw_only=True)
class Server:
    """Something to measure, under a name for people."""

    name: str
    target: Target


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One server at one number of connections in one round.

    ``queries`` is what the database was asked per request meanwhile, ``rows`` what it returned.
    """

    load: Load
    warm_up: Load
    queries: float
    rows: float


Cells = Mapping[tuple[str, int], Sequence[Cell]]
"""The cells of each server and number of connections, one for each round."""


async def compare(
    servers: Sequence[Server],
    connections: Sequence[int],
    counters: DatabaseCounters,
    *,
    rounds: int,
    seconds: float,
) -> Cells:
    """Measure the ``servers`` in turn, ``rounds`` times; ``seconds`` is per cell.

    Every request is sent once before: a gateway notes the last use of a connection once a minute,
    and for all of them at the same time after a pause.
    """
    for server in servers:
        if failures := await read_once(server.target):
            raise NotStarted(f"{server.name}: the first requests failed: {failures}")
    cells: dict[tuple[str, int], list[Cell]] = {
        (server.name, number): [] for number in connections for server in servers
    }
    for turn in range(rounds):
        # Forth and back: a server that follows a busy one in one round precedes it in the next.
        in_turn = servers if turn % 2 == 0 else servers[::-1]
        for number in connections:
            for server in in_turn:
                cells[server.name, number].append(
                    await _cell(server.target, number, counters, seconds)
                )
    return cells


async def read_once(target: Target) -> dict[str, int]:
    """Send every request once; what failed, by reason."""
    limit = len(target.requests)
    load = await run_load(
        target, connections=min(16, limit), seconds=FIRST_READS_SECONDS, limit=limit
    )
    return dict(load.failures)


async def _cell(
    target: Target, connections: int, counters: DatabaseCounters, seconds: float
) -> Cell:
    queries, rows = counters.read()
    warm_up = await run_load(target, connections=connections, seconds=seconds * WARM_UP_SHARE)
    load = await run_load(target, connections=connections, seconds=seconds)
    answers = max(len(warm_up.times) + len(load.times), 1)
    queries_now, rows_now = counters.read()
    return Cell(
        load=load,
        warm_up=warm_up,
        queries=(queries_now - queries) / answers,
        rows=(rows_now - rows) / answers,
    )


def ratio(cells: Cells, one: str, other: str, connections: int) -> float:
    """How many answers per second ``one`` gives for each of ``other``: the median of the rounds."""
    pairs = zip(cells[one, connections], cells[other, connections], strict=True)
    return median(a.load.rate / b.load.rate if b.load.rate else 0.0 for a, b in pairs)


def added_ms(cells: Cells, one: str, other: str, connections: int, percent: float) -> float:
    """How much longer than ``other`` the answers of ``one`` take: the median of the rounds."""
    pairs = zip(cells[one, connections], cells[other, connections], strict=True)
    return median(a.load.percentile(percent) - b.load.percentile(percent) for a, b in pairs)
