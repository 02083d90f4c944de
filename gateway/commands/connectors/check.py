"""``connectors check``: the contract of one connector, without pytest's output around it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from gateway.commands.connectors.known import Known
from gateway.commands.connectors.new import FILL_IN
from gateway.testing.checks.check import Check
from gateway.testing.contract import Contract
from gateway.testing.header import header_problems
from gateway.testing.locate import find_contracts
from gateway.testing.runner import Finding, workshop
from gateway.testing.subject import ContractViolation

_MARK = re.compile(rf"(?<![\w-]){FILL_IN}(?![\w-])")


class Incomplete(Exception):
    """The checks cannot run yet. ``problems`` says why, a sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problems))


def check_contract(
    known: Known, name: str, file: Path | None = None, *, record: bool = False
) -> Iterator[Finding]:
    """Find the contract of a connector, perhaps in ``file``; iterating runs its checks.

    With ``record``, write down what goes over the wire if all other checks hold.

    Raises ``Incomplete`` with everything that is missing in the contract, the description and its
    header.
    """
    problems = []
    sources = known.sources(name) if name in known.names() else []
    try:
        contracts = find_contracts(name, known.folder, file)
        sources.append(Path(inspect.getfile(contracts[0])))
        for contract in contracts:
            contract.expectations()
    except ContractViolation as violation:
        problems.append(str(violation))
    problems += _description_problems(known, name, is_checkable=not problems)
    if name in known.names():
        problems += known.sandbox_problems(name)
    problems += filter(None, map(fill_in_marks, sources))
    if problems:
        raise Incomplete(problems)
    try:
        for contract in contracts:
            contract.subject()
        return chain.from_iterable(
            [_recorded(contract) if record else run_checks(contract) for contract in contracts]
        )
    except ContractViolation as violation:
        raise Incomplete([str(violation)]) from violation


def _description_problems(known: Known, name: str, *, is_checkable: bool) -> list[str]:
    """Why a connector does not load, and what its header lacks unless a check reports that."""
    if name not in known.names():
        return []
    entry, header = known.entry(name), known.header(name)
    if entry.config is not None and is_checkable:
        return []
    found = [] if entry.config is not None else (entry.reason or "").split("; ")
    return found + ([] if header is None else header_problems(header, entry.config))


def fill_in_marks(file: Path) -> str | None:
    """The lines of ``file`` that say ``fill-in``, in words."""
    lines = file.read_text("utf-8", errors="replace").splitlines()
    found = [str(number) for number, line in enumerate(lines, 1) if _MARK.search(line)]
    plural = "s" if len(found) > 1 else ""
    return f"{file} says {FILL_IN} in line{plural} {', '.join(found)}" if found else None


def run_checks(
    contract: type[Contract], checks: Sequence[Check] | None = None
) -> Iterator[Finding]:
    """Run ``checks`` of a contract (all) in order, each when its finding is asked for.

    Raises ``ContractViolation`` if the contract or its connector cannot be loaded.
    """
    subject = contract.subject()
    return (workshop().finding(check, subject) for check in checks or contract.checks)


def _recorded(contract: type[Contract]) -> Iterator[Finding]:
    findings = []
    others = [check for check in contract.checks if check.section != "record"]
    for finding in run_checks(contract, others):
        findings.append(finding)
        yield finding
    if failures(findings) == 0:
        subject = contract.subject()
        subject.record.parent.mkdir(exist_ok=True)
        subject.record.write_text(workshop().record(subject), "utf-8")
    yield from run_checks(contract, [check for check in contract.checks if check not in others])


def failures(findings: Sequence[Finding]) -> int:
    """How many checks failed."""
    return sum(finding.outcome == "FAILED" for finding in findings)


def report(name: str, findings: Iterable[Finding]) -> Iterator[str]:
    """The findings for people: a section, its checks, and at the end one line that sums up.

    Each line comes as soon as its finding is there. A reason why several checks fail is told once,
    and then only named by the first of them.
    """
    told: dict[str, str] = {}
    seen = []
    for section, group in groupby(findings, key=lambda finding: finding.check.section):
        yield section
        for finding in group:
            seen.append(finding)
            yield f"  {finding.outcome:<6}  {finding.check.name}"
            first = told.setdefault(finding.reason, finding.check.name)
            is_told = finding.outcome == "FAILED" and first != finding.check.name
            reason = f'same reason as "{first}"' if is_told else finding.reason
            for line in reason.splitlines():
                yield f"          {line}"
        yield ""
    yield summary(name, seen)


def report_problems(name: str, problems: Sequence[str]) -> Iterator[str]:
    """Why the checks cannot run yet, for people."""
    yield f"{name} cannot be checked yet:"
    for problem in problems:
        yield f"  {problem}"


def problems_data(name: str, problems: Sequence[str]) -> dict[str, Any]:
    """The report for programs."""
    return {"connector": name, "holds": False, "problems": [*problems], "checks": []}


def summary(name: str, findings: Sequence[Finding]) -> str:
    """The result in one line."""
    count, failed = len(findings), failures(findings)
    gaps = sum(finding.outcome == "gap" for finding in findings)
    if failed:
        return f"{name}: {failed} of {count} checks FAILED"
    if gaps:
        return f"{name}: {count} checks, all hold except for {gaps} known gap{'s' * (gaps > 1)}"
    return f"{name}: {count} checks, all hold"


def report_data(name: str, findings: Sequence[Finding]) -> dict[str, Any]:
    """The report for programs."""
    return {
        "connector": name,
        "holds": failures(findings) == 0,
        "problems": [],
        "checks": [
            {
                "section": finding.check.section,
                "check": finding.check.name,
                "outcome": finding.outcome.lower(),
                "reason": finding.reason or None,
            }
            for finding in findings
        ],
    }
