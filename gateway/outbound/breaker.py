"""A circuit breaker: requests to a failing host pause, then one probe decides.

Pure: callers report outcomes and ask for admission. No task, no timer; time is a function.

    closed ──failures in a row──► open ──pause ends──► half open ──the probe succeeds──► closed
                                   ▲                       │
                                   └──the probe fails: a longer pause
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

FAILURES = 5
"""Consecutive failures that open the breaker."""
FIRST_SECONDS = 5.0
"""The first pause; it doubles after every failed probe, up to ``LONGEST_SECONDS``."""
LONGEST_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Admission:
    """The permission for one request. Report its outcome to the breaker exactly once."""

    probe: bool


class Breaker:
    """The breaker of one host. ``now`` is a monotonic clock in seconds."""

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
        self._opened = 0  # pauses since it was closed
        self._until = 0.0
        self._probing = False

    @property
    def is_open(self) -> bool:
        """Whether requests are refused, except for a probe."""
        return self._opened > 0

    @property
    def is_idle(self) -> bool:
        """Whether it has no state: a new breaker would do the same."""
        return self._failures == 0 and not self.is_open

    @property
    def wait(self) -> int:
        """Whole seconds until a request may be admitted; 0 if one may be sent now."""
        if not self.is_open:
            return 0
        left = self._until - self._now()
        if left > 0:
            return max(1, math.ceil(left))
        return 1 if self._probing else 0

    def admit(self) -> Admission | None:
        """Admit a request, or return ``None``. Half open, it admits one probe at a time."""
        if self.wait:
            return None
        self._probing = self.is_open
        return Admission(probe=self._probing)

    def succeeded(self, admission: Admission) -> None:
        """Close the breaker: the host answered, even if the request was sent before it opened."""
        self._failures = self._opened = 0
        self._probing = False

    def failed(self, admission: Admission) -> None:
        """Count a failure: the host did not answer, or it answered with a server error."""
        if admission.probe or not self.is_open:
            self._failures += 1
            if admission.probe or self._failures >= self._most:
                self._open()

    def abandoned(self, admission: Admission) -> None:
        """Count nothing: the request was not sent, or its caller was cancelled."""
        if admission.probe:
            self._probing = False

    def _open(self) -> None:
        seconds = self._first_seconds * 2.0 ** min(self._opened, 16)
        self._opened += 1
        self._probing = False
        self._until = self._now() + min(seconds, self._longest_seconds)
