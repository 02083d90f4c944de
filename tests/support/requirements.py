"""The security requirements, the tests marked with them, and the results of those tests.

``tests/security_requirements.toml`` lists the requirements. A test shows one with
``@pytest.mark.requirement("A1")``. As a pytest plug-in, loaded by ``tests/conftest.py``, this
module refuses unknown ids, and with ``--requirements`` ends a run with a line for each requirement.
Each run on a commit without changes records the marked tests that passed; ``--recorded`` does not
run these again on the same commit.
``python -m tests.support.requirements`` writes ``docs/security.md``.
"""

from __future__ import annotations

import re
import subprocess
import textwrap
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "security.md"
LISTED = tomllib.loads((ROOT / "tests/security_requirements.toml").read_text(encoding="utf-8"))
REQUIREMENTS: dict[str, str] = {
    name: " ".join(text.split())
    for section in LISTED["sections"]
    for name, text in LISTED[section].items()
}
"""Id -> the requirement."""

_MARK = re.compile(r"\bmark\.requirement\(([^)]*)\)")
_RESULTS: dict[str, dict[str, str]] = defaultdict(dict)
"""Id -> test -> its outcome: the worst of its phases."""
RECORD = "requirements/passed"
"""The key in pytest's cache: the commit, and test -> the ids that it shows."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--requirements",
        action="store_true",
        help="run the tests of the security requirements, and fail unless each one is shown",
    )
    parser.addoption(
        "--recorded",
        action="store_true",
        help="do not run again what passed on this commit, in a tree without changes",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--requirements"):
        config.option.markexpr = "requirement"
    if config.getoption("--recorded"):
        for test, ids in recorded(config).items():
            for name in ids:
                _RESULTS[name][test] = "passed"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Write the ids into each test's report, which is all that a parallel run hands back."""
    for item in items:
        for mark in item.iter_markers("requirement"):
            if unknown := set(mark.args) - REQUIREMENTS.keys():
                raise pytest.UsageError(f"{item.nodeid} names {', '.join(unknown)}: unknown")
            item.user_properties += [("requirement", name) for name in mark.args]
    if config.getoption("--recorded"):
        known = recorded(config)
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid in known])
        items[:] = [item for item in items if item.nodeid not in known]


def commit(folder: Path) -> str | None:
    """The commit of a folder; ``None`` if the folder has changes or is no clone."""

    def git(*command: str) -> str:
        return subprocess.check_output(
            ["git", *command],  # noqa: S607
            cwd=folder,
            text=True,
            stderr=subprocess.DEVNULL,
        )

    try:
        return None if git("status", "--porcelain") else git("rev-parse", "HEAD").strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def recorded(config: pytest.Config) -> dict[str, list[str]]:
    """The marked tests that passed on this commit, with the ids that they show."""
    cache = getattr(config, "cache", None)  # a run may have none
    kept = cache.get(RECORD, None) if cache else None
    if kept is None or kept["commit"] != commit(config.rootpath):
        return {}
    passed: dict[str, list[str]] = kept["passed"]
    return passed


def _record(config: pytest.Config) -> None:
    head, cache = commit(config.rootpath), getattr(config, "cache", None)
    if head is None or cache is None:
        return
    passed = {test: {*ids} for test, ids in recorded(config).items()}
    for name, outcomes in _RESULTS.items():
        for test, outcome in outcomes.items():
            if outcome == "passed":
                passed.setdefault(test, set()).add(name)
            else:
                passed.pop(test, None)
    found = {test: sorted(ids) for test, ids in passed.items()}
    cache.set(RECORD, {"commit": head, "passed": found})


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    for kind, name in report.user_properties:
        if kind == "requirement" and (report.when == "call" or report.outcome != "passed"):
            if _RESULTS[str(name)].get(report.nodeid) != "failed":
                _RESULTS[str(name)][report.nodeid] = report.outcome


def is_shown(outcomes: Iterable[str]) -> bool:
    """Whether the tests of a requirement show it: one passed, and none failed."""
    found = set(outcomes)
    return "passed" in found and "failed" not in found


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    if hasattr(config, "workerinput"):
        return
    if any(_RESULTS.values()):
        _record(config)
    if config.getoption("--requirements"):
        if not all(is_shown(_RESULTS[name].values()) for name in REQUIREMENTS):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        elif session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            session.exitstatus = pytest.ExitCode.OK  # all were recorded


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if not config.getoption("--requirements"):
        return
    shown = 0
    terminalreporter.section("security requirements")
    for name, text in REQUIREMENTS.items():
        outcomes = _RESULTS[name].values()
        shown += is_shown(outcomes)
        counted = ", ".join(f"{number} {each}" for each, number in Counter(outcomes).items())
        verdict = "ok  " if is_shown(outcomes) else "OPEN"
        terminalreporter.line(f"{name:<4} {verdict} {text} ({counted or 'no test'})")
        for test, outcome in sorted(_RESULTS[name].items()):
            terminalreporter.line(f"            {outcome:<7} {test}")
    if config.getoption("--recorded"):
        known = len(recorded(config))
        terminalreporter.line(f"{known} tests passed by now on this commit, in this run or before")
    terminalreporter.line(f"{shown} of {len(REQUIREMENTS)} requirements are shown")


def evidence(tests: Path = ROOT / "tests") -> dict[str, list[str]]:
    """Id -> the files whose tests are marked with it, below ``tests``."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(tests.rglob("test_*.py")):
        marks = " ".join(_MARK.findall(path.read_text(encoding="utf-8")))
        for name in sorted(set(re.findall(r'"(\w+)"', marks))):
            found[name].append(path.relative_to(tests).as_posix())
    return found


def page() -> str:
    """``docs/security.md``."""
    found = evidence()
    lines = [
        "# Security requirements and the tests that show them",
        "",
        "<!-- Written by `python -m tests.support.requirements`; change",
        "tests/security_requirements.toml or the tests' marks instead. -->",
        "",
        f"{len(REQUIREMENTS)} requirements with stable ids, each with the files in `tests/` that",
        'show it by tests marked `@pytest.mark.requirement("A1")`. `make security` runs those',
        "tests and prints each requirement with its results; those that passed in `make test` or",
        "`make test-all` on the same commit do not run again. [SECURITY.md](../SECURITY.md) says",
        "what is defended as a whole, and what is not.",
    ]
    for section, title in LISTED["sections"].items():
        lines += ["", f"## {section}. {title}", ""]
        for name in LISTED[section]:
            files = ", ".join(f"`{file}`" for file in found[name])
            lines += _wrapped(f"- **{name}** {REQUIREMENTS[name]}.")
            lines += _wrapped(f"  {files}")
    return "\n".join(lines) + "\n"


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        text, 100, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
