"""The security requirements, the tests marked with them, and the results of those tests.

``tests/security_requirements.toml`` lists the requirements. A test shows one with
``@pytest.mark.requirement("A1")``. As a pytest plug-in, loaded by ``tests/conftest.py``, this
module refuses unknown ids, and with ``--requirements`` ends a run with a line for each requirement.
``python -m tests.support.requirements`` writes ``docs/security.md``.
"""

from __future__ import annotations

import re
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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--requirements",
        action="store_true",
        help="run the tests of the security requirements, and fail unless each one is shown",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--requirements"):
        config.option.markexpr = "requirement"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Write the ids into each test's report, which is all that a parallel run hands back."""
    for item in items:
        for mark in item.iter_markers("requirement"):
            if unknown := set(mark.args) - REQUIREMENTS.keys():
                raise pytest.UsageError(f"{item.nodeid} names {', '.join(unknown)}: unknown")
            item.user_properties += [("requirement", name) for name in mark.args]


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
    if session.config.getoption("--requirements") and not hasattr(session.config, "workerinput"):
        if not all(is_shown(_RESULTS[name].values()) for name in REQUIREMENTS):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


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
        "tests and prints each requirement with its results. [SECURITY.md](../SECURITY.md) says",
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
