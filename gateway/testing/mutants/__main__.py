"""``python -m gateway.testing.mutants``: run the mutants of every connector, one process a core."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from connectors.catalog import CONNECTOR_CATALOG
from gateway.errors import SettingsError
from gateway.observe.logs import configure_logs
from gateway.testing.locate import find_contract
from gateway.testing.mutants.mutant import SIDES, Side
from gateway.testing.mutants.trial import LITERAL, RECORD, WIRE, Score, try_mutants
from gateway.testing.mutants.variants import EXEMPT
from gateway.testing.runner import workshop
from gateway.testing.subject import ContractViolation

GROUPS = {"wire": WIRE, "record": RECORD, "literal": LITERAL}


def main(argv: Sequence[str] | None = None) -> int:
    """Print the score of every connector, and the survivors.

    Returns:
        0 if no mutant survives that counts, 1 with such survivors, 2 if a contract does not hold
        or cannot be checked. For one connector every survivor counts. For all connectors those of
        the catalog side count; survivors of the sandbox side are printed only: they show a rule of
        a sandbox file that the contract does not look at.
    """
    parser = argparse.ArgumentParser(prog="python -m gateway.testing.mutants", description=__doc__)
    parser.add_argument("--connector", metavar="NAME", help="only this one")
    parser.add_argument(
        "--folder", type=Path, help="its folder if it is outside: laid out like connectors/"
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")
    chosen = parser.parse_args(argv)
    if chosen.folder and not chosen.connector:
        parser.error("--folder needs --connector")
    configure_logs("critical")
    try:
        scores = _scores(chosen.connector, chosen.folder) if chosen.connector else _all_scores()
    except (ContractViolation, SettingsError) as violation:
        print(violation, file=sys.stderr)
        return 2
    if chosen.json:
        print(json.dumps([score.as_json() for score in scores], indent=2))
    else:
        _report(scores)
    counted = scores if chosen.connector else [score for score in scores if score.side == "catalog"]
    return 1 if any(score.survivors for score in counted) else 0


def _scores(name: str, folder: Path | None) -> list[Score]:
    if folder is not None and not (file := folder / "catalog" / f"{name}.py").is_file():
        raise ContractViolation(f"there is no connector {name}: {file} does not exist")
    # The neighbours are the connectors after it in the alphabet, and then those before it.
    names = sorted(other for other in CONNECTOR_CATALOG if other != name)
    neighbours = [other for other in names if other > name] + [o for o in names if o < name]
    subject = find_contract(name, folder).subject()
    return try_mutants(subject, [find_contract(n).subject() for n in neighbours], workshop())


def _all_scores() -> list[Score]:
    # A process for each: a contract's database and event loop belong to one process.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(_scores_elsewhere, CONNECTOR_CATALOG)
        return [score for scores in found for score in scores]


def _scores_elsewhere(name: str) -> list[Score]:
    command = [sys.executable, "-m", "gateway.testing.mutants", "--json", "--connector", name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in {0, 1}:
        raise ContractViolation(f"{name}: {done.stderr.strip()[-500:]}")
    return [
        Score(row["connector"], row["side"], Counter(row["killed"]), row["survivors"])
        for row in json.loads(done.stdout)
    ]


def _report(scores: Sequence[Score]) -> None:
    names = [name for sections in GROUPS.values() for name in sections]
    print(
        f"{'connector':<13}{'side':<9}{'mutants':>8}"
        + "".join(f"{group:>9}" for group in GROUPS)
        + f"{'survivors':>11}   "
        + "".join(f"{name:>12}" for name in names)
    )
    totals = [_total(side, [score for score in scores if score.side == side]) for side in SIDES]
    for score in (*scores, *totals):
        print(
            f"{score.connector:<13}{score.side:<9}{score.total:>8}"
            + "".join(f"{score.killed_by(sections):>9}" for sections in GROUPS.values())
            + f"{len(score.survivors):>11}   "
            + "".join(f"{score.killed[name]:>12}" for name in names)
        )
    for line in _survivors(scores):
        print(line)
    for name, why in EXEMPT.items():
        print(f"Not mutated: {name} ({why})")
    killed = {
        group: sum(score.killed_by(sections) for score in scores)
        for group, sections in GROUPS.items()
    }
    alive = sum(len(score.survivors) for score in scores)
    print(
        f"{sum(killed.values())} of {sum(score.total for score in scores)} mutants killed: "
        f"{killed['wire']} on the wire, {killed['record']} by the record of the wire, "
        f"{killed['literal']} by literals; {alive} survived"
    )


def _total(side: Side, scores: Sequence[Score]) -> Score:
    survivors = [survivor for score in scores for survivor in score.survivors]
    return Score("all", side, sum((score.killed for score in scores), Counter()), survivors)


def _survivors(scores: Iterable[Score]) -> Iterable[str]:
    for score in scores:
        for survivor in score.survivors:
            yield f"SURVIVED  {score.connector}, {score.side}: {survivor}"


if __name__ == "__main__":
    sys.exit(main())
