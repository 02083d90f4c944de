"""``python -m bench`` in short form: that it measures and reports, never how fast anything is."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from bench.__main__ import conclude
from bench.measure import PARTS, Plan
from bench.report import Figure, Result
from bench.storm import StormPlan

ROOT = Path(__file__).parents[2]
PLAN = Plan(
    parts=PARTS,
    seconds=1.0,
    rounds=1,
    connections=(1,),
    stored=1,
    stored_many=1,
    driver="motor",
    storm=StormPlan(callers=1, accounts=1, delay=0.1, rounds=1, driver="motor"),
)
SERVERS = (
    "bare GET route",
    "floor",
    "token read, cache on",
    "floor + find_one + decryption",
    "token read, cache off",
)


def run_bench(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180)


def test_a_short_run_prints_every_figure_with_its_target() -> None:
    run = run_bench(
        "--seconds=0.1",
        "--rounds=1",
        "--connections=1,64",
        "--stored=5",
        "--stored-many=50",
        "--callers=10",
        "--storms=1",
        "--accounts=3",
        "--delay-ms=50",
        "--json",
    )

    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    found = json.loads(run.stdout.splitlines()[-1])
    figures = {each["name"]: each for each in found["figures"]}
    on, off = "token read, cache on", "token read, cache off"
    targets = {
        "floor / bare GET route, 1 connections": None,
        "floor / bare GET route, 64 connections": None,
        f"{on} / floor, 1 connections": None,
        f"{on} / floor, 64 connections": 0.8,
        f"{off} / floor + find_one + decryption, 1 connections": None,
        f"{off} / floor + find_one + decryption, 64 connections": 0.8,
        f"{on}, 50 stored / 5 stored, 64 connections": 0.9,
        f"{off}, 50 stored / 5 stored, 64 connections": 0.9,
        "refresh storm, 10 callers on one account, beyond the provider": None,
        "refresh storm, 10 callers on 3 accounts, beyond the provider": None,
    }
    assert {name: each["target"] for name, each in figures.items()} == targets
    assert all(each["value"] > 0 for each in figures.values())
    for name in targets:
        assert name in run.stdout
    speeds = {(each["server"], each["connections"]): each for each in found["speeds"]}
    crowds = [f"{name}, {number} stored" for name in (on, off) for number in (50, 5)]
    assert set(speeds) == {(name, number) for name in SERVERS for number in (1, 64)} | {
        (name, 64) for name in crowds
    }
    for each in speeds.values():
        assert each["errors"] == 0
        assert each["per_second"] > 0
        assert 0 < each["p50"] <= each["p99"]
    assert speeds["floor", 64]["queries"] < 0.1
    # What was measured did its work: the row of each read comes from the database.
    assert speeds["floor + find_one + decryption", 64]["queries"] == pytest.approx(1, abs=0.1)
    assert speeds[off, 1]["queries"] == pytest.approx(1, abs=0.1)
    assert speeds[off, 1]["rows"] == pytest.approx(1, abs=0.1)
    # Of a crowd, those who ask for the same five users in one moment share rows, too.
    assert speeds[off, 64]["rows"] > 0.1
    for storm in found["storms"]:
        assert 50 <= storm["provider"] < storm["served"]
    assert found["settings"]["stored_many"] == 50
    assert found["failures"] == {}


@pytest.mark.parametrize(
    "option",
    [
        "--seconds=0",
        "--rounds=0",
        "--connections=1,x",
        "--stored=-1",
        "--only=x",
        "--stored-many=1",
    ],
)
def test_a_plan_without_sense_is_wrong_usage(option: str) -> None:
    run = run_bench(option)

    assert run.returncode == 2
    assert "must be a" in run.stderr


def result_of(*values: float, **failures: int) -> Result:
    figures = [Figure(name=f"ratio {each}", value=each, target=0.8) for each in values]
    return Result(figures=figures, failures=Counter(failures))


def test_one_failed_request_fails_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert conclude(PLAN, result_of(0.9, floor=2), as_json=False, strict=False) == 1
    assert capsys.readouterr().err == "bench: 2 failed: floor\n"


@pytest.mark.parametrize(("strict", "code"), [(False, 0), (True, 1)])
def test_a_missed_target_is_said_and_fails_a_strict_run(
    strict: bool, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert conclude(PLAN, result_of(0.9, 0.7), as_json=False, strict=strict) == code

    printed = capsys.readouterr()
    lines = {line.split("  ")[0]: line for line in printed.out.splitlines()}
    assert lines["ratio 0.9"].endswith("0.900    0.80           reached")
    assert lines["ratio 0.7"].endswith("0.700    0.80  below its target")
    assert printed.err == ""


def test_a_strict_run_that_reaches_everything_succeeds() -> None:
    assert conclude(PLAN, result_of(0.8), as_json=True, strict=True) == 0
