"""The benchmark runs, in its short form. How fast anything is, no test asserts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_short_run_prints_every_row_and_no_request_fails() -> None:
    command = [sys.executable, "-m", "bench", "--seconds", "0.2", "--rounds", "1"]
    command += ["--connections", "1,4", "--stored", "5", "--json"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert [row["connections"] for row in figures["rows"]] == [1, 4]
    for row in figures["rows"]:
        assert row.pop("errors") == 0
        assert all(value > 0 for value in row.values()), row
    # A fresh token costs two reads and, most of the time, no write.
    assert figures["database"]["queries"] == 2.0
    assert figures["database"]["updates"] < 0.5


def test_a_wrong_option_is_explained() -> None:
    command = [sys.executable, "-m", "bench", "--connections", "0"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "--connections" in done.stderr
