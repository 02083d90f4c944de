"""What the gateway of a leak test logs."""

from __future__ import annotations

import contextlib
import io

import pytest

from gateway.observe.logs import configure_logs


@pytest.fixture
def log() -> io.StringIO:
    """What the gateway logs, at level debug."""
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream):
        configure_logs("debug", "json")
    return stream
