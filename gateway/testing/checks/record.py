"""The check on the record: the wire carries what was recorded and reviewed."""

from __future__ import annotations

import difflib

from gateway.testing.checks.check import Checks
from gateway.testing.observation import record
from gateway.testing.subject import expect
from gateway.testing.workbench import Workbench

RECORD = Checks("record")
SHOWN = 20
"""Lines of a difference that are shown."""


@RECORD.of_workbench("the wire carries what was recorded")
async def _recorded(bench: Workbench) -> None:
    subject = bench.subject
    command = f"python -m gateway connectors check {subject.name} --record"
    file = subject.record
    expect(file.is_file(), f"{file} does not exist: write it with {command}, and review it")
    now, then = await record(subject, bench.database), file.read_text("utf-8")
    lines = difflib.unified_diff(then.splitlines(), now.splitlines(), "recorded", "now", n=1)
    shown = "\n".join([*lines][:SHOWN])
    expect(now == then, f"{shown}\nIf that is meant: {command}, and review {file}")
