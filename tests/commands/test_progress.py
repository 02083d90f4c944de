"""Progress of long steps."""

from __future__ import annotations

import pytest

from gateway.commands.progress import Progress


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
