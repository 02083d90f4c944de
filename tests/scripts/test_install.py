"""The installation says how far it is, and what pip said if it fails."""

from __future__ import annotations

import sys

import install
import pytest

PIP = """
import sys
for number in range(25):
    print(f"Collecting package-{{number}}==1.0")
if {fails}:
    sys.exit("ERROR: hashes do not match")
print("Installing collected packages: a, b")
"""


def run(monkeypatch: pytest.MonkeyPatch, *, fails: bool) -> int:
    """The exit code with a pip that fetches 25 packages."""
    monkeypatch.setattr(install, "PIP", [sys.executable, "-c", PIP.format(fails=fails)])
    return install.main()


def test_progress_is_told(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, fails=False) == 0
    lines = [line.strip() for line in capfd.readouterr().out.splitlines()]
    assert [line[:12] for line in lines] == ["… fetched 10", "… fetched 20", "… unpacking "]
    total = int(lines[0].split()[-2])
    assert total > 100


def test_a_failure_shows_what_pip_said(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, fails=True) == 1
    assert "hashes do not match" in (found := capfd.readouterr().err)
    assert "Collecting package-24" in found
