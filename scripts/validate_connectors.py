"""Check the files of every connector in the catalog; exit with 1 if there is a problem.

It prints all problems, grouped by connector. With ``--folder``, or with GATEWAY_CONNECTORS_PATH in
the environment, the connectors of that folder are checked instead. ``make check`` runs it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

# Import from the tree of this script, not from an installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from connector_rules import CATALOG_RULES, LAST_RULES, RULES, Checked, Rule, fields_are_seen, load

from connectors.catalog import CONNECTOR_CATALOG, Catalog
from connectors.errors import ConfigError
from gateway.commands.connectors.known import CONNECTORS_PATH
from gateway.commands.progress import Progress
from gateway.observe.logs import configure_logs

BY_HAND = (
    "it was connected, refreshed and disconnected once with a real app",
    "the sandbox file was written from the provider's documentation, with the catalog file closed",
)
"""Boxes that only a person can tick."""


YEAR = timedelta(days=365)
"""After it, a description is looked at again."""


@dataclass(frozen=True)
class Problem:
    """One finding."""

    connector: str
    rule: str
    message: str


def check(
    name: str,
    folder: Path | None = None,
    progress: Callable[[str], None] = lambda doing: None,
    *,
    files_alone: bool = False,
) -> list[Problem]:
    """Every problem of one connector, perhaps of one of ``folder``.

    With ``files_alone``, nothing runs against the simulated provider.
    """
    checked = load(name, folder)
    found: list[Problem] = []
    for rule in RULES:
        progress(f"{name}: {rule.__doc__}")
        found += _follow(rule, checked)
    for rule in LAST_RULES:
        if not found and not (files_alone and rule is fields_are_seen):
            progress(f"{name}: {rule.__doc__}")
            found += _follow(rule, checked)
    return found


def _follow(rule: Rule, checked: Checked) -> list[Problem]:
    found = []
    try:
        for text in rule(checked):
            found.append(Problem(checked.name, rule.__name__, text))
    except (Exception, SystemExit) as error:
        # A connector's files may hold anything: a finding about one, and no end of the run.
        text = f"its files cannot be checked: {type(error).__name__}: {error}"
        found.append(Problem(checked.name, rule.__name__, text))
    return found


def check_catalog(folder: Path | None = None) -> list[Problem]:
    """Every problem of the catalog as a whole."""
    names = _names(folder)
    return [
        Problem("(catalog)", rule.__name__, text)
        for rule in CATALOG_RULES
        for text in rule(names, folder)
    ]


def old_checks(names: Sequence[str], folder: Path | None, today: date) -> list[str]:
    """A warning for each connector whose ``checked_on`` is more than a year ago."""
    found = []
    for name in names:
        config = load(name, folder).config
        if config is not None and today - config.checked_on > YEAR:
            found.append(
                f"{name}: it was checked on {config.checked_on}: compare it with the provider's "
                f"documentation and with gateway connectors probe {name}"
            )
    return found


def _names(folder: Path | None) -> list[str]:
    """The connectors of the package, or those of a folder. Raises ``ConfigError``."""
    if folder is None:
        return [*CONNECTOR_CATALOG]
    return [
        name for name in Catalog({}, folder).names() if (folder / f"catalog/{name}.py").exists()
    ]


def main(argv: Sequence[str] | None = None, today: date | None = None) -> int:
    """Print the problems and return the exit code. Warnings do not change it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--connector", metavar="NAME", help="check only this one")
    parser.add_argument(
        "--folder",
        type=Path,
        default=os.environ.get(CONNECTORS_PATH) or None,
        help="a folder of your own connectors (default: GATEWAY_CONNECTORS_PATH)",
    )
    parser.add_argument(
        "--files",
        action="store_true",
        help="look at files and descriptions alone: the tests run each contract as a whole",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the findings as JSON")
    form.add_argument(
        "--checklist", action="store_true", help="print a pull request's list, ticked"
    )
    chosen = parser.parse_args(argv)
    configure_logs("critical")
    try:
        names = _names(chosen.folder)
    except ConfigError as error:
        parser.error(str(error))
    if chosen.connector is not None:
        if chosen.connector not in names:
            parser.error(f'there is no connector "{chosen.connector}" among {", ".join(names)}')
        names = [chosen.connector]
    if not chosen.json:
        print(f"Validating {len(names)} provider(s)...", flush=True)
    # What a connector's module prints while it loads must not stand in the report.
    with redirect_stdout(sys.stderr):
        progress = Progress()
        problems = [] if chosen.connector else check_catalog(chosen.folder)
        for name in names:
            problems += check(name, chosen.folder, progress, files_alone=chosen.files)
        loaded = {name: load(name, chosen.folder).overrides for name in names}
        warnings = old_checks(names, chosen.folder, today or datetime.now(UTC).date())
    overrides = {name: found for name, found in loaded.items() if found}
    if chosen.json:
        report = {
            "validated": names,
            "overrides": overrides,
            "warnings": warnings,
            "problems": [vars(problem) for problem in problems],
        }
        print(json.dumps(report, indent=2))
    else:
        _print(names, problems, overrides, checklist=chosen.checklist)
        for warning in warnings:
            print(f"WARNING  {warning}")
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
