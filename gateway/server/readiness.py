"""Whether this process should be sent requests: what ``/readyz`` answers."""

from __future__ import annotations

import time
from collections.abc import Callable

from gateway.errors import NotReady


class Readiness:
    """The process's own part of the answer: its keys work, and it is not about to end.

    ``now`` is a clock that never jumps, in seconds.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._stopped_at: float | None = None

    def stop(self) -> None:
        """The process was told to end: from now on it is not ready, though it still answers."""
        if self._stopped_at is None:
            self._stopped_at = self._now()

    def left(self, seconds: float) -> float:
        """How many of the ``seconds`` that follow the signal are left: all of them before it comes."""
        if self._stopped_at is None:
            return seconds
        return max(0.0, self._stopped_at + seconds - self._now())

    def check(self) -> None:
        """Raise ``NotReady`` while the process shuts down."""
        if self._stopped_at is not None:
            raise NotReady("it is shutting down")
