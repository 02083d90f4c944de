"""Progress of long steps."""

from __future__ import annotations

import json
import sys
import threading

import pytest

from gateway.__main__ import main
from gateway.commands import progress as progress_module
from gateway.commands.progress import Progress, long_step


def test_a_step_is_named_only_after_two_seconds_of_silence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    times = iter([0.0, 1.9, 2.0, 2.0, 3.9, 4.5, 4.5])
    progress = Progress(lambda: next(times))
    for step in ("one", "two", "three", "four"):
        progress(step)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "  … two\n  … four\n"


def test_a_step_that_takes_long_is_named_on_a_terminal_while_it_runs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    done = threading.Event()

    def note(text: str, *, error: bool) -> None:
        assert error
        told.append(text)
        done.set()

    monkeypatch.setattr(progress_module, "say", note)
    with long_step("reading", seconds=0):
        pass  # nobody watches: standard error is no terminal
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with long_step("connecting", seconds=3600):
        pass
    with long_step("counting", seconds=0):
        assert done.wait(timeout=60)
    assert told == ["  … counting"]


@pytest.mark.usefixtures("deployment")
def test_progress_never_stands_among_the_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step of the doctor is told as if it took long."""
    begun: list[str] = []
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    class AtOnce(threading.Timer):
        def start(self) -> None:
            begun.extend(self.args)
            self.function(*self.args)

    monkeypatch.setattr(threading, "Timer", AtOnce)
    assert main(["doctor", "--json"]) == 0
    printed, said = capsys.readouterr()
    assert json.loads(printed)["ok"] is True
    assert "examining database" in begun
    assert said.splitlines() == [f"  … {step}" for step in begun]
