"""A circuit breaker: who keeps failing is left alone for a while, and then asked once.

Pure: it is told what happened and says whether to go on. No task, no timer; time is a function.

    closed ──failures in a row──► open ──its time is over──► half open ──the probe succeeds──► closed
                                   ▲                             │
                                   └──────the probe fails: longer┘
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

FAILURES = 5
"""So many in a row open the breaker."""
FIRST_SECONDS = 5.0
"""How long it stays open at first; twice as long after every probe that fails."""
LONGEST_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Admission:
    """The leave to send one request. What became of it is told to the breaker, once."""

    probe: bool


class Breaker:
    """Watches one host. ``now`` is a clock that never jumps, in seconds."""

    def __init__(
        self,
        now: Callable[[], float],
        *,
        failures: int = FAILURES,
        first_seconds: float = FIRST_SECONDS,
        longest_seconds: float = LONGEST_SECONDS,
    ) -> None:
        self._now = now
        self._most = failures
        self._first_seconds = first_seconds
        self._longest_seconds = longest_seconds
        self._failures = 0
        self._opened = 0  # times in a row, since it was closed
        self._until = 0.0
        self._probing = False

    @property
    def is_open(self) -> bool:
        """Whether requests are held back, but for a probe."""
        return self._opened > 0

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to remember: a new breaker would do the same."""
        return self._failures == 0 and not self.is_open

    @property
    def wait(self) -> int:
        """Whole seconds after which asking again may help; 0 if a request may go now."""
        if not self.is_open:
            return 0
        left = self._until - self._now()
        if left > 0:
            return max(1, math.ceil(left))
        return 1 if self._probing else 0

    def admit(self) -> Admission | None:
        """The leave to send, or ``None``. While half open only one, the probe, is out at a time."""
        if self.wait:
            return None
        self._probing = self.is_open
        return Admission(probe=self._probing)

    def succeeded(self, admission: Admission) -> None:
        """The host answered. Closes the breaker, also if the request left before it opened."""
        self._failures = self._opened = 0
        self._probing = False

    def failed(self, admission: Admission) -> None:
        """The host did not answer, or with an error of its own."""
        if admission.probe or not self.is_open:
            self._failures += 1
            if admission.probe or self._failures >= self._most:
                self._open()

    def abandoned(self, admission: Admission) -> None:
        """Nothing was learned: the request was not made, or nobody waited for its answer."""
        if admission.probe:
            self._probing = False

    def _open(self) -> None:
        seconds = self._first_seconds * 2.0 ** min(self._opened, 16)
        self._opened += 1
        self._probing = False
        self._until = self._now() + min(seconds, self._longest_seconds)
