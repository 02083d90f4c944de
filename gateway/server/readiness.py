"""Whether this process should get requests: the answer of ``/readyz``."""

from __future__ import annotations

import time
from collections.abc import Callable

from gateway.errors import NotReady


class Readiness:
    """Whether the process is shutting down. ``now`` is a monotonic clock, in seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._stopped_at: float | None = None
        self._when_stopped: list[Callable[[], None]] = []

    def when_stopped(self, call: Callable[[], None]) -> None:
        """Call this when the shutdown begins: what stays open for long has to end then."""
        self._when_stopped.append(call)

    def stop(self) -> None:
        """Begin the shutdown: the process still answers, but is not ready."""
        if self._stopped_at is None:
            self._stopped_at = self._now()
            for call in self._when_stopped:
                call()

    def left(self, seconds: float) -> float:
        """Return how many of the ``seconds`` after the signal are left: all, before it comes."""
        if self._stopped_at is None:
            return seconds
        return max(0.0, self._stopped_at + seconds - self._now())

    def check(self) -> None:
        """Raise ``NotReady`` while the process shuts down."""
        if self._stopped_at is not None:
            raise NotReady("it is shutting down")
