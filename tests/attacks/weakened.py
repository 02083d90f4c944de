"""Remove one check of the product at a time: which attacks get through?

``python -m tests.attacks.weakened`` runs the attacks once on the intact product and once for each
name of ``weaknesses.WEAKNESSES``. A removal that turns no attack red means that no attack watches
that check: exit code 1, as if the intact product were not green. ``--only TEXT`` picks the removals
whose name contains that text. A run ends with its first red attack; ``--all`` shows every one.

A removal around the flow (``weaknesses_around.py``), of a check of pasted keys
(``weaknesses_of_keys.py``), of the proxy (``weaknesses_of_the_proxy.py``), of the authorization
server (``weaknesses_of_agents.py``), of tools and their approvals (``weaknesses_of_tools.py``) or
of integrations (``weaknesses_of_integrations.py``) meets the attacks on those checks alone.
``--part 1`` to ``--part 5`` pick a fifth of the removals; the intact product meets all attacks.
Most attacks run without a real browser here, to be quick. The same ones in Chromium join in where
they are about the check.
"""

from __future__ import annotations

import argparse
import os
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

from tests.attacks.weaknesses import WEAKNESSES
from tests.attacks.weaknesses_around import AROUND_THE_FLOW
from tests.attacks.weaknesses_of_agents import OF_AGENTS
from tests.attacks.weaknesses_of_integrations import OF_INTEGRATIONS
from tests.attacks.weaknesses_of_keys import OF_KEYS
from tests.attacks.weaknesses_of_the_proxy import OF_THE_PROXY
from tests.attacks.weaknesses_of_tools import OF_TOOLS
from tests.support.parts import part_of

ROOT = Path(__file__).resolve().parents[2]
FOLDER = "tests/attacks"
PARTS = 5
"""Each removal is tried on its own, so a run may take one of so many parts of them."""
AROUND = ("test_around_the_flow.py", "test_planted_rows.py")
ON_KEYS = ("test_pasted_keys.py",)
ON_THE_PROXY = ("test_proxy.py",)
ON_AGENTS = ("test_agents.py",)
ON_TOOLS = ("test_approvals.py", "test_tools.py")
ON_INTEGRATIONS = ("test_integration_pages.py", "test_integrations.py")
APART = (
    (AROUND_THE_FLOW, AROUND),
    (OF_KEYS, ON_KEYS),
    (OF_THE_PROXY, ON_THE_PROXY),
    (OF_AGENTS, ON_AGENTS),
    (OF_TOOLS, ON_TOOLS),
    (OF_INTEGRATIONS, ON_INTEGRATIONS),
)
"""Removals, and the only attacks that they meet."""
QUICK = ("test_callback.py", "test_other_connector.py", "test_issuer.py", "test_accounts.py")
SILENT = "test_linking.py::test_a_silent_consent_does_not_link_the_victim_to_the_attacker"
LATER = "test_linking.py::test_a_later_user_of_the_same_browser_does_not_finish_the_flow"
COAT = "test_mixup.py::test_a_hostile_provider_that_sends_its_victim_on_gets_no_honest_code"
IN_CHROMIUM = {
    "": (SILENT, LATER, COAT),
    "user_is_the_flows": (LATER,),
    "browser_began_the_flow": (SILENT,),
    "connector_is_the_flows": (COAT,),
}
"""Removal -> attacks in a real browser that join in."""

CUSTOMIZE = """\
import os, sys
name = os.environ.get("WEAKENED_CHECK")
if name and "pytest" not in sys.orig_argv:  # that process asks conftest.py: it imports in order
    sys.path.insert(0, {root!r})
    from tests.attacks.weaknesses import weaken
    weaken(name)
"""
"""The ``sitecustomize`` module that each process of a weakened run imports when it starts."""


@dataclass(frozen=True)
class Result:
    """The attacks on one weakened product; ``broken`` are those that could not begin."""

    removal: str
    red: tuple[str, ...]
    broken: tuple[str, ...]
    count: int
    seconds: float
    output: str

    @property
    def problem(self) -> str | None:
        """Why the result is not as it should be, or ``None``."""
        if self.broken:
            return f"{len(self.broken)} ATTACKS COULD NOT BEGIN"
        if not self.removal:
            return "THE INTACT PRODUCT IS NOT GREEN" if self.red else None
        return None if self.red else "NO ATTACK NOTICED"

    def __str__(self) -> str:
        name = self.removal or "(nothing)"
        head = f"{name:26} {len(self.red):3} red, {self.count} run  {self.seconds:4.0f} s"
        return "\n".join([head, *(f"      {name}" for name in self.red)])


def attack(removal: str, to_the_end: bool) -> Result:
    """Run the attacks without the check ``removal``; the empty name removes nothing.

    Those in a real browser run first. Unless ``to_the_end``, the first red attack is the last.
    """
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="weakened-") as folder:
        report = Path(folder) / "report.xml"
        (Path(folder) / "sitecustomize.py").write_text(CUSTOMIZE.format(root=str(ROOT)))
        chosen: tuple[str, ...] = (*IN_CHROMIUM.get(removal, ()), *QUICK, *AROUND)
        for weaknesses, attacks in APART:
            if removal in weaknesses:
                chosen = attacks
        if not removal:
            chosen += (*ON_KEYS, *ON_THE_PROXY, *ON_TOOLS, *ON_AGENTS, *ON_INTEGRATIONS)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=line"]
        command += [f"--junitxml={report}", f"--basetemp={folder}/temporary"]
        command += ["-x"] if removal and not to_the_end else []
        command += [f"{FOLDER}/{module}" for module in chosen]
        env = os.environ | {"PYTHONPATH": folder, "WEAKENED_CHECK": removal}
        done = subprocess.run(
            command, cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
        if not report.is_file():
            raise SystemExit(f"weakened: no attack ran:\n{done.stdout}{done.stderr}")
        cases = list(ElementTree.parse(report).iter("testcase"))  # noqa: S314 - pytest wrote it
    return Result(
        removal=removal,
        red=_names(cases, "failure"),
        broken=_names(cases, "error"),
        count=len(cases),
        seconds=time.monotonic() - begun,
        output=done.stdout,
    )


def _names(cases: Sequence[ElementTree.Element], outcome: str) -> tuple[str, ...]:
    return tuple(case.get("name", "") for case in cases if case.find(outcome) is not None)


def main(argv: Sequence[str] | None = None) -> int:
    """Run and print; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks.weakened", description=__doc__)
    parser.add_argument("--only", default="", metavar="TEXT", help="only removals with this text")
    parser.add_argument("--all", action="store_true", help="show every red attack of a removal")
    parser.add_argument(
        "--part",
        type=int,
        default=0,
        choices=range(1, PARTS + 1),
        help=f"only one of {PARTS} equal parts",
    )
    arguments = parser.parse_args(argv)
    chosen = [name for name in WEAKNESSES if arguments.only in name]
    chosen = part_of(chosen, arguments.part, PARTS)
    failed = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for result in pool.map(partial(attack, to_the_end=arguments.all), ["", *chosen]):
            print(result, flush=True)
            if result.problem:
                failed.append(result.removal or "(nothing)")
                print(f"      {result.problem}\n{result.output[-3000:]}", flush=True)
    if failed:
        print(f"\nweakened: not as it should be: {', '.join(failed)}", file=sys.stderr)
        return 1
    print(f"\nEach of {len(chosen)} removals lets an attack through that the product refuses.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
