"""``connectors check`` as a command: one connector, or each one of a folder or of the package."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import nullcontext, redirect_stdout
from typing import Any

from connectors.catalog import Catalog
from gateway.commands.connectors.check import (
    Incomplete,
    check_contract,
    problems_data,
    report,
    report_data,
    report_problems,
)
from gateway.commands.connectors.known import Known, MadeUp
from gateway.commands.output import print_json, print_lines
from gateway.commands.progress import Progress
from gateway.commands.tools.check import tool_file_problems
from gateway.testing.runner import Finding
from gateway.text import say


def check_connectors(known: Known, arguments: argparse.Namespace) -> int:
    """Check the named connector, or without a name all of them; returns the exit code."""
    names = [known.find(arguments.name) or arguments.name] if arguments.name else known.own()
    if not names:
        say(f"gateway: there is no connector in {known.folder}", error=True)
        return 2
    # What a module prints while it loads must not stand between the lines of the JSON.
    with redirect_stdout(sys.stderr) if arguments.json else nullcontext():
        reports = [_check(known, name, arguments) for name in names]
    if arguments.json:
        print_json(reports[0] if arguments.name else reports)
    return 0 if all(found["holds"] for found in reports) else 1


def _check(known: Known, name: str, arguments: argparse.Namespace) -> dict[str, Any]:
    try:
        if wrong := list(tool_file_problems(Catalog(MadeUp(), known.folder), known.folder, name)):
            raise Incomplete(wrong)
        running = check_contract(known, name, arguments.contract, record=arguments.record)
    except Incomplete as error:
        if not arguments.json:
            print_lines(report_problems(name, error.problems))
        return problems_data(name, error.problems)
    findings: list[Finding] = []
    progress = Progress()

    def kept() -> Iterator[Finding]:
        for finding in running:
            findings.append(finding)
            if arguments.json:
                progress(f"{name}: {finding.check.name}")
            yield finding

    lines = report(name, kept())
    if arguments.json:
        list(lines)
    else:
        print_lines(lines)
    return report_data(name, findings)
