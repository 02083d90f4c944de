"""Check the files of every connector in the catalog; exit with 1 if there is a problem.

It prints all problems, grouped by connector. ``make check`` runs it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# Import from the tree of this script, not from an installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from connector_rules import CATALOG_RULES, LAST_RULES, RULES, load

from connectors.catalog import CONNECTOR_CATALOG
from gateway.observe.logs import configure_logs

BY_HAND = (
    "it was connected, refreshed and disconnected once with a real app",
    "the sandbox file was written from the provider's documentation, with the catalog file closed",
)
"""Boxes that only a person can tick."""


@dataclass(frozen=True)
class Problem:
    """One finding."""

    connector: str
    rule: str
    message: str


def check(name: str) -> list[Problem]:
    """Every problem of one connector."""
    checked = load(name)
    found = [Problem(name, rule.__name__, text) for rule in RULES for text in rule(checked)]
    for rule in LAST_RULES:
        found = found or [Problem(name, rule.__name__, text) for text in rule(checked)]
    return found


def check_catalog() -> list[Problem]:
    """Every problem of the catalog as a whole."""
    names = [*CONNECTOR_CATALOG]
    return [
        Problem("(catalog)", rule.__name__, text) for rule in CATALOG_RULES for text in rule(names)
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """Print the problems and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--connector", choices=[*CONNECTOR_CATALOG], help="check only this one")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the findings as JSON")
    form.add_argument(
        "--checklist", action="store_true", help="print a pull request's list, ticked"
    )
    chosen = parser.parse_args(argv)
    configure_logs("critical")
    names = [chosen.connector] if chosen.connector else [*CONNECTOR_CATALOG]
    if not chosen.json:
        print(f"Validating {len(names)} provider(s)...", flush=True)
    problems = [] if chosen.connector else check_catalog()
    for name in names:
        problems += check(name)
    overrides = {name: found for name in names if (found := load(name).overrides)}
    if chosen.json:
        print(
            json.dumps(
                {
                    "validated": names,
                    "overrides": overrides,
                    "problems": [vars(p) for p in problems],
                },
                indent=2,
            )
        )
    else:
        _print(names, problems, overrides, checklist=chosen.checklist)
    return 1 if problems else 0


def _print(
    names: Sequence[str],
    problems: Sequence[Problem],
    overrides: Mapping[str, Sequence[str]],
    *,
    checklist: bool,
) -> None:
    if problems:
        print(f"FAILED — {len(problems)} validation error(s):")
        for problem in problems:
            print(f"  {problem.connector}: {problem.message} [{problem.rule}]")
    else:
        print(f"OK — all {len(names)} provider(s) passed validation")
    if checklist:
        _print_checklist({problem.rule for problem in problems})
    count = sum(map(len, overrides.values()))
    listed = "; ".join(f"{name}: {', '.join(found)}" for name, found in overrides.items())
    print(f"{count} override(s) in code" + (f": {listed}" if listed else ""))


def _print_checklist(broken: set[str]) -> None:
    for rule in (*RULES, *LAST_RULES, *CATALOG_RULES):
        print(f"- [{' ' if rule.__name__ in broken else 'x'}] {rule.__doc__}")
    for text in BY_HAND:
        print(f"- [ ] {text}")


if __name__ == "__main__":
    sys.exit(main())
