"""A process says that it is not ready once it was told to stop."""

from __future__ import annotations

import pytest

from gateway.errors import NotReady
from gateway.server.readiness import Readiness


def test_a_process_that_runs_is_ready() -> None:
    Readiness().check()


def test_a_process_that_was_told_to_stop_is_not_ready_any_more() -> None:
    readiness = Readiness()
    readiness.stop()
    for _ in range(2):
        with pytest.raises(NotReady, match="shutting down"):
            readiness.check()
