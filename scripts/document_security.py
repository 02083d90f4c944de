"""Write docs/security.md: each security requirement with the tests that show it.

The requirements are in scripts/security_requirements.toml. A test shows those whose ids its
docstring names; so does a check of the contract suite (gateway/testing/checks). ``--check`` writes
nothing and exits with 1 if the page is out of date; ``--run`` runs those tests and prints each
requirement with its result, ``--results`` does so for tests that ran before.
"""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "security.md"
REQUIREMENTS = ROOT / "scripts" / "security_requirements.toml"
CHECKS = "gateway/testing/checks"
CONTRACTS = "tests/connectors"
COMMAND = "python scripts/document_security.py"

Results = Mapping[tuple[str, str], set[str]]
"""(file, name of the function) -> outcomes of its variants."""

_ID = re.compile(r"\b[A-HJKL][0-9]{1,2}\b")


@dataclass(frozen=True)
class Requirement:
    """One line of the list. ``open`` says why nothing shows it, and is empty where something does."""

    id: str
    section: str
    text: str
    open: str


@dataclass(frozen=True, order=True)
class Evidence:
    """A test, or a check of the contract suite, in ``file`` (relative to the project)."""

    file: str
    name: str

    @property
    def is_check(self) -> bool:
        """Whether every connector's contract runs it."""
        return self.file.startswith(CHECKS)


def main(argv: Sequence[str] | None = None) -> int:
    """Write, compare or run; returns the exit code."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="write nothing; 1 if it is out of date")
    how.add_argument("--run", action="store_true", help="run the tests and print each result")
    how.add_argument(
        "--results", type=Path, metavar="FILE", help="print those of a run (JUnit XML)"
    )
    arguments = parser.parse_args(argv)
    wanted, found = requirements(), evidence()
    for problem in (problems := list(check(wanted, found))):
        print(f"security: {problem}", file=sys.stderr)
    if arguments.run or arguments.results:
        results = read_results(arguments.results) if arguments.results else run(found)
        return max(print_results(wanted, found, results), 1 if problems else 0)
    text = page(wanted, found)
    if arguments.check:
        if not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != text:
            print(f"{PAGE.relative_to(ROOT)} is out of date: run {COMMAND}", file=sys.stderr)
            return 1
    else:
        PAGE.write_text(text, encoding="utf-8")
        print(f"wrote {PAGE.relative_to(ROOT)}")
    return 1 if problems else 0


def requirements() -> list[Requirement]:
    """All of them, in order."""
    listed = tomllib.loads(REQUIREMENTS.read_text(encoding="utf-8"))
    return [
        Requirement(name, section, text, listed["open"].get(name, ""))
        for section in listed["sections"]
        for name, text in listed[section].items()
    ]


def sections() -> Mapping[str, str]:
    """Letter -> title."""
    titles: Mapping[str, str] = tomllib.loads(REQUIREMENTS.read_text(encoding="utf-8"))["sections"]
    return titles


def evidence() -> dict[str, list[Evidence]]:
    """Requirement id -> what shows it, in the order of the tree."""
    found: dict[str, list[Evidence]] = defaultdict(list)
    tests = sorted((ROOT / "tests").rglob("test_*.py"))
    for path in [*tests, *sorted((ROOT / CHECKS).glob("*.py"))]:
        file = path.relative_to(ROOT).as_posix()
        for name, docstring in _functions(ast.parse(path.read_text(encoding="utf-8"))):
            if name.startswith("test") or file.startswith(CHECKS):
                for requirement in sorted(set(_ID.findall(docstring))):
                    found[requirement].append(Evidence(file, name))
    return found


def check(wanted: Sequence[Requirement], found: Mapping[str, list[Evidence]]) -> Iterator[str]:
    """What is wrong with the list: shown by nothing, open although shown, or not known."""
    for each in wanted:
        if each.open and found.get(each.id):
            yield f"{each.id} is said to be open, and {found[each.id][0].name} shows it"
        if not each.open and not found.get(each.id):
            yield f"no test names {each.id}: {each.text}"
    for unknown in sorted(found.keys() - {each.id for each in wanted}):
        yield f"{found[unknown][0].name} names {unknown}, which is no requirement"


def page(wanted: Sequence[Requirement], found: Mapping[str, list[Evidence]]) -> str:
    """The whole page."""
    lines = [
        "# Security requirements and the tests that show them",
        "",
        f"<!-- Written by {COMMAND} from scripts/security_requirements.toml and the tests' "
        "docstrings; changes made here are lost. -->",
        "",
        f"{len(wanted)} requirements, each with a stable id. What is defended as a whole, and what "
        "is not: [SECURITY.md](../SECURITY.md). `make security` runs these tests and prints each "
        "requirement with its result.",
    ]
    for letter, title in sections().items():
        lines += [
            "",
            f"## {letter}. {title}",
            "",
            "| id | requirement | shown by |",
            "|---|---|---|",
        ]
        for each in wanted:
            if each.section == letter:
                shown = f"**open**: {each.open}" if each.open else _links(found.get(each.id, []))
                lines.append(f"| {each.id} | {each.text} | {shown} |")
    return "\n".join(lines) + "\n"


def run(found: Mapping[str, list[Evidence]]) -> Results:
    """Run what shows the requirements; what became of each test."""
    shown = {each for items in found.values() for each in items}
    files = sorted({each.file for each in shown if not each.is_check} | {CONTRACTS})
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        # In a session of its own, so that every test's result is known by file and name.
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-n",
            "auto",
            "--maxprocesses",
            "4",
            "--dist",
            "loadfile",
            "-o",
            "junit_family=xunit1",
            f"--junitxml={report}",
            *files,
        ]
        subprocess.run(command, cwd=ROOT, check=False)
        return read_results(report)


def print_results(
    wanted: Sequence[Requirement], found: Mapping[str, list[Evidence]], results: Results
) -> int:
    """A line for each requirement; 1 if any is open or failed."""
    bad = 0
    for each in wanted:
        states = [_state(item, results) for item in found.get(each.id, [])]
        counted = ", ".join(f"{states.count(state)} {state}" for state in sorted(set(states)))
        # What was skipped shows nothing, here or in this form of a run: something else has to.
        passed = "passed" in states and not {"failed", "not run"} & set(states)
        bad += not passed
        print(f"{each.id:<4} {'ok  ' if passed else 'OPEN'}  {each.text}")
        print(f"           {each.open or counted or 'no test'}")
        for item in sorted(set(found.get(each.id, []))):
            print(f"             {item.file}::{item.name}  {_state(item, results)}")
    print(f"{len(wanted) - bad} of {len(wanted)} requirements are shown")
    return 1 if bad else 0


def _state(item: Evidence, results: Results) -> str:
    if item.is_check:
        outcomes = {
            state
            for (file, _), all_states in results.items()
            if file.startswith(CONTRACTS)
            for state in all_states
        }
        outcomes.discard("skipped")
    else:
        outcomes = results.get((item.file, item.name), {"not run"})
    for state in ("failed", "not run", "skipped"):
        if state in outcomes:
            return state
    return "passed"


def read_results(report: Path) -> Results:
    """What pytest wrote with ``--junitxml`` and ``junit_family=xunit1``; empty without a file."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    if not report.is_file():
        return found
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - written by pytest on this machine
        kinds = {child.tag for child in case}
        state = (
            "failed"
            if kinds & {"failure", "error"}
            else "skipped"
            if "skipped" in kinds
            else "passed"
        )
        name = case.get("name", "").partition("[")[0]
        for file in {case.get("file", ""), _module(case.get("classname", ""))}:
            found[(file, name)].add(state)
    return found


def _module(classname: str) -> str:
    """The file that a test is collected from: ``file`` is where its code is, for one that a library wraps."""
    parts = [part for part in classname.split(".") if not part[:1].isupper()]  # without its class
    return f"{'/'.join(parts)}.py"


def _functions(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, ast.get_docstring(node) or ""


def _links(items: Sequence[Evidence]) -> str:
    if not items:
        return "**nothing**"
    by_file: dict[str, list[str]] = defaultdict(list)
    for item in items:
        by_file[item.file].append(item.name)
    return "<br>".join(
        f"[{file}](../{file}): {', '.join(f'`{name}`' for name in dict.fromkeys(names))}"
        for file, names in by_file.items()
    )


if __name__ == "__main__":
    sys.exit(main())
