"""``python -m gateway.testing.mutants``: run the mutants of every connector."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from connectors.catalog import CONNECTOR_CATALOG
from gateway.observe.logs import configure_logs
from gateway.testing.mutants.chosen import PARTS, Job, changed, part_of, tenth_of, whole
from gateway.testing.mutants.mutant import SIDES, Side
from gateway.testing.mutants.trial import LITERAL, ORDER_IN_WORDS, RECORD, WIRE, Score, scores_of
from gateway.testing.mutants.variants import EXEMPT
from gateway.testing.subject import ContractViolation

TREE = Path(__file__).parents[3]
GROUPS = {"wire": WIRE, "record": RECORD, "literal": LITERAL}


def main(argv: Sequence[str] | None = None) -> int:
    """Print the score of every connector, and the survivors.

    Returns:
        0 if no mutant survives, 1 with survivors, 2 if a contract does not hold or cannot be
        checked.
    """
    parser = argparse.ArgumentParser(prog="python -m gateway.testing.mutants", description=__doc__)
    parser.add_argument("--connector", metavar="NAME", help="only this one")
    parser.add_argument(
        "--folder", type=Path, help="its folder if it is outside: laid out like connectors/"
    )
    some = parser.add_mutually_exclusive_group()
    some.add_argument(
        "--part",
        type=int,
        choices=range(1, PARTS + 1),
        help=f"only one of {PARTS} parts: a share of the mutants of some connectors",
    )
    some.add_argument(
        "--changed",
        action="store_true",
        help="only the connectors that this branch changed, and the same tenth of all others",
    )
    chosen = parser.parse_args(argv)
    if chosen.folder and not chosen.connector:
        parser.error("--folder needs --connector")
    if chosen.connector and (chosen.part or chosen.changed):
        parser.error("--connector takes all mutants of one connector")
    configure_logs("critical")
    try:
        scores = (
            scores_of(chosen.connector, chosen.folder)
            if chosen.connector
            else all_scores(_jobs(chosen.part, changed_alone=chosen.changed))
        )
    except ContractViolation as violation:
        print(violation, file=sys.stderr)
        return 2
    _report(scores)
    return 1 if any(score.survivors for score in scores) else 0


def _jobs(part: int | None, *, changed_alone: bool) -> list[Job]:
    if part is not None:
        return part_of(CONNECTOR_CATALOG, part)
    if not changed_alone:
        return whole(CONNECTOR_CATALOG)
    new, tenth = changed(CONNECTOR_CATALOG, TREE), tenth_of(CONNECTOR_CATALOG)
    print(f"Changed: {', '.join(new) or 'none'}. The tenth of the catalog: {', '.join(tenth)}.")
    return whole(dict.fromkeys([*new, *tenth]))


def all_scores(jobs: Sequence[Job]) -> list[Score]:
    """Try these shares of the mutants of connectors, in several processes."""
    # Each is spawned, as an event loop belongs to one process.
    processes = os.cpu_count() or 1
    with ProcessPoolExecutor(
        processes, get_context("spawn"), initializer=configure_logs, initargs=("critical",)
    ) as pool:
        names, shares = [name for name, _ in jobs], [share for _, share in jobs]
        runs = pool.map(scores_of, names, [None] * len(jobs), shares)
        found: list[Score] = []
        for done, (name, scores) in enumerate(zip(names, runs, strict=True), 1):
            found += scores
            told = f"{done} of {len(jobs)}: {name}, {sum(each.total for each in scores)} mutants"
            print(told, file=sys.stderr, flush=True)
    return [
        _total(name, side, [s for s in found if (s.connector, s.side) == (name, side)])
        for name in dict.fromkeys(names)
        for side in SIDES
    ]


def _report(scores: Sequence[Score]) -> None:
    names = [name for sections in GROUPS.values() for name in sections]
    print(
        f"{'connector':<13}{'side':<9}{'mutants':>8}"
        + "".join(f"{group:>9}" for group in GROUPS)
        + f"{'survivors':>11}   "
        + "".join(f"{name:>12}" for name in names)
    )
    totals = [_total("all", side, [s for s in scores if s.side == side]) for side in SIDES]
    for score in (*scores, *totals):
        print(
            f"{score.connector:<13}{score.side:<9}{score.total:>8}"
            + "".join(f"{score.killed_by(sections):>9}" for sections in GROUPS.values())
            + f"{len(score.survivors):>11}   "
            + "".join(f"{score.killed[name]:>12}" for name in names)
        )
    for score in scores:
        for survivor in score.survivors:
            print(f"SURVIVED  {score.connector}, {score.side}: {survivor}")
    for name, why in EXEMPT.items():
        print(f"Not mutated: {name} ({why})")
    killed = {
        group: sum(score.killed_by(sections) for score in scores)
        for group, sections in GROUPS.items()
    }
    alive = sum(len(score.survivors) for score in scores)
    print(ORDER_IN_WORDS)
    print(
        f"{sum(killed.values())} of {sum(score.total for score in scores)} mutants killed: "
        f"{killed['wire']} on the wire, {killed['record']} by the record of the wire, "
        f"{killed['literal']} by literals; {alive} survived"
    )


def _total(connector: str, side: Side, scores: Sequence[Score]) -> Score:
    survivors = [survivor for score in scores for survivor in score.survivors]
    return Score(connector, side, sum((score.killed for score in scores), Counter()), survivors)


if __name__ == "__main__":
    sys.exit(main())
