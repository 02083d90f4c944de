"""Remove one check of the product at a time: which attacks get through? ``python -m tests.attacks.weakened``

The project is copied to a temporary folder, one check is taken out of the copy, and the attacks run
there. A removal that turns no attack red means that nothing watches that check: exit code 1, as if
the intact copy were not green. ``--only TEXT`` picks the removals whose name has that text in it.

Two copies run at once. Most attacks are run without a real browser here, to be quick: the same ones
in Chromium join in where the check is what they are about.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("connectors", "gateway", "tests", "pyproject.toml")
FOLDER = "tests/attacks"
QUICK = ("test_callback.py", "test_other_connector.py", "test_issuer.py", "test_accounts.py")
SILENT = "test_linking.py::test_a_silent_consent_links_nobody_to_the_one_who_sent_the_link"
LATER = "test_linking.py::test_whoever_signs_in_later_in_the_same_browser_finishes_nothing"
COAT = "test_mixup.py::test_a_hostile_provider_that_sends_its_victim_on_gets_no_honest_code"
SHOWN = 4
"""Attacks that are named in the table for each removal; the others are counted."""

CONNECT, FLOWS = "gateway/services/connect.py", "gateway/store/flows.py"

_BROWSER = "(tenant, user) != (flow.tenant, flow.user) or not _same(cookie, flow.cookie_hash)"


@dataclass(frozen=True)
class Removal:
    """A check and the edits that remove it: file, text before, text after. ``also``: more attacks."""

    name: str
    edits: tuple[tuple[str, str, str], ...] = ()
    also: tuple[str, ...] = ()


INTACT = Removal("(nothing)", also=(SILENT, LATER, COAT))

REMOVALS = (
    Removal(
        "session: the flow's user is signed in",
        ((CONNECT, _BROWSER, "not _same(cookie, flow.cookie_hash)"),),
        (LATER,),
    ),
    Removal(
        "session: in the flow's tenant",
        ((CONNECT, "(tenant, user) != (flow.tenant, flow.user)", "user != flow.user"),),
    ),
    Removal(
        "cookie: the browser that began the flow",
        ((CONNECT, _BROWSER, "(tenant, user) != (flow.tenant, flow.user)"),),
        (SILENT,),
    ),
    Removal(
        "connector: the path's is the state's",
        ((CONNECT, "if flow.connector != name:", "if flow.connector is None:"),),
        (COAT,),
    ),
    Removal(
        "state: once",
        (
            (FLOWS, '"used_at": None, "expires_at": {"$gt"', '"expires_at": {"$gt"'),
            (FLOWS, '{"$set": {"used_at": now, "verifier": b""}}', '{"$set": {"used_at": now}}'),
        ),
    ),
    Removal("state: unexpired", ((FLOWS, ', "expires_at": {"$gt": now}}', "}"),)),
    Removal("issuer", ((CONNECT, "        self._check_issuer(config, response)\n", ""),)),
    Removal(
        "the connector's own signature",
        ((CONNECT, "        self._verify(config, flow, response)\n", ""),),
    ),
    Removal(
        "endpoint: the one of the start",
        (
            (
                CONNECT,
                "token_url=flow.token_url,",
                "token_url=render_url(config.token_url, config, flow.connection_config),",
            ),
        ),
    ),
    Removal(
        "verifier: one for each flow", ((CONNECT, "new_code_verifier(),", 'Secret("v" * 43),'),)
    ),
)


@dataclass(frozen=True)
class Result:
    """What came of the attacks on one copy. ``broken`` are those that could not even begin."""

    removal: Removal
    red: tuple[str, ...]
    broken: tuple[str, ...]
    count: int
    seconds: float
    output: str


def weaken(copy: Path, removal: Removal) -> None:
    """Apply the edits; raises ``SystemExit`` if one does not fit the source exactly once any more."""
    for file, before, after in removal.edits:
        path = copy / file
        source = path.read_text(encoding="utf-8")
        if source.count(before) != 1:
            raise SystemExit(
                f'weakened: "{removal.name}" does not fit {file} any more: '
                f"found {source.count(before)} times instead of once:\n{before}"
            )
        path.write_text(source.replace(before, after), encoding="utf-8")


def attack(project: Path, removal: Removal) -> Result:
    """Run the attacks on a weakened copy of ``project``."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="weakened-") as folder:
        copy, report = Path(folder) / "copy", Path(folder) / "report.xml"
        copy_project(project, copy)
        weaken(copy, removal)
        modules = [f"{FOLDER}/{module}" for module in (*QUICK, *removal.also)]
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=line"]
        command += [f"--junitxml={report}", f"--basetemp={folder}/temporary", *modules]
        env = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            command, cwd=copy, env=env, capture_output=True, text=True, check=False
        )
        if not report.is_file():
            raise SystemExit(f"weakened: no attack ran:\n{done.stdout}{done.stderr}")
        cases = list(ElementTree.parse(report).iter("testcase"))  # noqa: S314 - written by pytest on this machine
    seconds = time.monotonic() - begun
    red, broken = _names(cases, "failure"), _names(cases, "error")
    return Result(removal, red, broken, len(cases), seconds, done.stdout)


def copy_project(project: Path, copy: Path) -> None:
    """What the attacks need of the project."""
    copy.mkdir()
    for name in COPIED:
        if (project / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
            shutil.copytree(project / name, copy / name, ignore=ignored)
        else:
            shutil.copy(project / name, copy / name)


def _names(cases: Sequence[ElementTree.Element], outcome: str) -> tuple[str, ...]:
    return tuple(case.get("name", "") for case in cases if case.find(outcome) is not None)


def row(result: Result) -> str:
    """The lines of a removal in the table."""
    head = f"{result.removal.name:42} {len(result.red):3} of {result.count} red  {result.seconds:4.0f} s"
    lines = [f"      {name}" for name in result.red[:SHOWN]]
    if len(result.red) > SHOWN:
        lines.append(f"      and {len(result.red) - SHOWN} more")
    return "\n".join([head, *lines])


def problem_of(result: Result) -> str | None:
    """Why a result is not as it should be, or ``None``."""
    if result.broken:
        return f"{len(result.broken)} ATTACKS COULD NOT BEGIN"
    if result.removal is INTACT:
        return "THE INTACT CODE IS NOT GREEN" if result.red else None
    return None if result.red else "NO ATTACK NOTICED"


def main(argv: Sequence[str] | None = None) -> int:
    """Run and print; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks.weakened", description=__doc__)
    parser.add_argument("--only", default="", metavar="TEXT", help="of the removals, these")
    arguments = parser.parse_args(argv)
    chosen = [removal for removal in REMOVALS if arguments.only in removal.name]
    failed = []
    with (
        tempfile.TemporaryDirectory(prefix="weakened-") as folder,
        ThreadPoolExecutor(max_workers=2) as pool,
    ):
        # Once, so that all copies are of the same state.
        project = Path(folder) / "project"
        copy_project(ROOT, project)
        for result in pool.map(partial(attack, project), [INTACT, *chosen]):
            print(row(result), flush=True)
            if problem := problem_of(result):
                failed.append(result.removal.name)
                print(f"      {problem}\n{result.output[-3000:]}", flush=True)
    if failed:
        print(f"\nweakened: not as it should be: {', '.join(failed)}", file=sys.stderr)
        return 1
    print(f"\nEach of {len(chosen)} removals lets an attack through that the intact code refuses.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
