"""``python -m bench`` in short form: that it measures and reports, never how fast anything is."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from bench.__main__ import conclude
from bench.load import Load
from bench.measure import Plan, Result
from bench.report import Database, Round, row_of

ROOT = Path(__file__).parents[2]
GOOD = Load(seconds=1.0, times=[0.001, 0.002, 0.004])
PLAN = Plan(seconds=1.0, rounds=1, connections=(1,), stored=1, driver="motor")


def run_bench(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=180)


def result_of(*rounds: Round) -> Result:
    database = Database(queries=2.0, updates=0.0)
    return Result(rounds={1: rounds}, database=database, answer_bytes=100)


def test_a_short_run_prints_a_row_for_each_number_of_connections() -> None:
    run = run_bench(
        "--seconds", "0.2", "--rounds", "1", "--connections", "1,4", "--stored", "5", "--json"
    )  # fmt: skip

    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    cells = [line.split() for line in run.stdout.splitlines()]
    rows = [line for line in cells if len(line) == 9 and line[0].isdigit()]
    assert [row[0] for row in rows] == ["1", "4"]
    for row in rows:
        assert all(float(cell) > 0 for cell in row[1:8]), row
        assert row[8] == "0"
    figures = json.loads(run.stdout.splitlines()[-1])
    assert [row["connections"] for row in figures["rows"]] == [1, 4]
    for row in figures["rows"]:
        assert row.pop("errors") == 0
        assert all(value > 0 for value in row.values()), row
        assert row["bare_p50"] <= row["bare_p99"]
        assert row["token_p50"] <= row["token_p99"]
    # A token read of a fresh token asks the database, so what was measured did the work.
    assert figures["database"]["queries"] > 0
    assert figures["settings"]["stored"] == 5


@pytest.mark.parametrize(
    "option", ["--seconds=0", "--rounds=0", "--connections=1,x", "--stored=-1"]
)
def test_a_plan_without_sense_is_wrong_usage(option: str) -> None:
    run = run_bench(option)

    assert run.returncode == 2
    assert "must be a" in run.stderr


def test_one_failed_request_fails_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    broken = Load(seconds=1.0, times=[0.001], failures=Counter({"status 503": 2}))

    code = conclude(PLAN, result_of(Round(bare=GOOD, token=broken)), as_json=False)

    assert code == 1
    printed = capsys.readouterr()
    assert printed.err == "bench: 2 failed: token: status 503\n"
    assert printed.out.splitlines()[1].split()[-1] == "2"


def test_a_request_that_failed_in_the_warm_up_fails_the_run_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    round_ = Round(bare=GOOD, token=GOOD, warm_up_failures=Counter({"connection lost": 1}))

    assert conclude(PLAN, result_of(round_), as_json=False) == 1
    assert capsys.readouterr().err == "bench: 1 failed: warm-up: connection lost\n"


def test_a_row_holds_the_medians_and_the_median_of_the_ratios() -> None:
    slow, fast = Load(seconds=1.0, times=[0.010] * 10), Load(seconds=1.0, times=[0.001] * 100)
    rounds = [
        Round(bare=fast, token=slow),  # 0.1
        Round(bare=slow, token=slow),  # 1
        Round(bare=fast, token=fast),  # 1
    ]

    row = row_of(16, rounds)

    assert row.connections == 16
    assert (row.bare_per_second, row.token_per_second) == (100, 10)
    assert row.ratio == 1
    assert (row.bare_p50, row.token_p99) == (1.0, 10.0)
    assert row.errors == 0
