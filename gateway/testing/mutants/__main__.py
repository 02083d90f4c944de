"""``python -m gateway.testing.mutants``: every connector's mutants, as many at a time as there are cores."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from connectors.catalog import CONNECTOR_CATALOG
from gateway.errors import SettingsError
from gateway.observe.logs import configure_logs
from gateway.testing.locate import find_contract
from gateway.testing.mutants.mutant import EXEMPT
from gateway.testing.mutants.trial import BY_THE_RULES, Score, try_mutants
from gateway.testing.runner import workshop
from gateway.testing.subject import ContractViolation

SECTIONS = (BY_THE_RULES, "description", "samples", "journey", "refusals", "economy")


def main(argv: Sequence[str] | None = None) -> int:
    """Print the score of every connector and who survived.

    0 if nobody did, 1 if somebody did, 2 if a contract does not hold or cannot be checked.
    """
    parser = argparse.ArgumentParser(prog="python -m gateway.testing.mutants", description=__doc__)
    parser.add_argument("--connector", metavar="NAME", help="only this one")
    parser.add_argument(
        "--folder",
        type=Path,
        help="where it is, if outside: laid out like connectors/, with tests/",
    )
    parser.add_argument("--json", action="store_true", help="the score as JSON, of one connector")
    chosen = parser.parse_args(argv)
    if (chosen.json or chosen.folder) and not chosen.connector:
        parser.error("--json and --folder need --connector")
    configure_logs("critical")
    try:
        if chosen.json:
            print(json.dumps(_score(chosen.connector, chosen.folder).as_json()))
            return 0
        one = chosen.connector
        scores = [_score(one, chosen.folder)] if one else _all_scores()
    except (ContractViolation, SettingsError) as violation:
        print(violation, file=sys.stderr)
        return 2
    _report(scores)
    return 1 if any(score.survivors for score in scores) else 0


def _score(name: str, folder: Path | None) -> Score:
    if folder is not None and not (file := folder / "catalog" / f"{name}.py").is_file():
        raise ContractViolation(f"there is no connector {name}: {file} does not exist")
    # Its neighbours are those after it in the alphabet, and then those before it.
    names = sorted(other for other in CONNECTOR_CATALOG if other != name)
    neighbours = [other for other in names if other > name] + [o for o in names if o < name]
    subject = find_contract(name, folder).subject()
    return try_mutants(subject, [find_contract(n).subject() for n in neighbours], workshop())


def _all_scores() -> list[Score]:
    # A process for each: a contract's database and event loop belong to one process.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(_score_elsewhere, CONNECTOR_CATALOG))


def _score_elsewhere(name: str) -> Score:
    command = [sys.executable, "-m", "gateway.testing.mutants", "--json", "--connector", name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ContractViolation(f"{name}: {done.stderr.strip()[-500:]}")
    found = json.loads(done.stdout)
    return Score(found["connector"], Counter(found["killed"]), found["survivors"])


def _report(scores: Sequence[Score]) -> None:
    print(
        f"{'connector':<12}{'mutants':>8}"
        + "".join(f"{name:>13}" for name in SECTIONS)
        + f"{'survivors':>11}"
    )
    for score in scores:
        counts = "".join(f"{score.killed[name]:>13}" for name in SECTIONS)
        print(f"{score.connector:<12}{score.total:>8}{counts}{len(score.survivors):>11}")
    for score in scores:
        for survivor in score.survivors:
            print(f"SURVIVED  {score.connector}.{survivor}")
    print("Not mutated: " + "; ".join(f"{name} ({why})" for name, why in EXEMPT.items()))
    total, alive = sum(s.total for s in scores), sum(len(s.survivors) for s in scores)
    print(f"{total - alive} of {total} mutants killed, {alive} survived")


if __name__ == "__main__":
    sys.exit(main())
