"""The checks on the record: requests and answers are those that were recorded and reviewed."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from typing import Any

from gateway.testing.checks.check import Checks
from gateway.testing.key_observation import recorded_keys
from gateway.testing.observation import PROVIDER, as_text, recorded_wire
from gateway.testing.strictness import provider_side
from gateway.testing.subject import expect
from gateway.testing.workbench import Bench, KeyWorkbench, Workbench

RECORD, KEY_RECORD = Checks("record"), Checks("record")
SHOWN = 20
"""Lines of a difference that are shown."""


@RECORD.of_workbench("the provider answers and refuses as recorded")
async def _provider(bench: Workbench) -> None:
    then = _recorded(bench).get(PROVIDER)
    _expect_same(bench, then, await provider_side(bench.subject, bench.database))


@RECORD.of_workbench("the wire carries what was recorded")
async def _wire(bench: Workbench) -> None:
    then = {part: value for part, value in _recorded(bench).items() if part != PROVIDER}
    _expect_same(bench, then, await recorded_wire(bench.subject, bench.database))


@KEY_RECORD.of_workbench("keys go over the wire as recorded")
async def _keys(bench: KeyWorkbench) -> None:
    _expect_same(bench, _recorded(bench), await recorded_keys(bench.subject, bench.database))


def _recorded(bench: Bench) -> Mapping[str, Any]:
    file = bench.subject.record
    expect(file.is_file(), f"{file} does not exist: write it with {_command(bench)}, and review it")
    found: Mapping[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def _expect_same(bench: Bench, then: Any, now: Any) -> None:
    old, new = as_text(then).splitlines(), as_text(now).splitlines()
    shown = "\n".join([*difflib.unified_diff(old, new, "recorded", "now", n=1)][:SHOWN])
    meant = f"If that is meant: {_command(bench)}, and review {bench.subject.record}"
    expect(old == new, f"{shown}\n{meant}")


def _command(bench: Bench) -> str:
    return f"gateway connectors check {bench.subject.name} --record"
