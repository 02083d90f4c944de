"""How far behind the database this process can be, judged by what its change stream said.

A silent answer of the stream proves that everything was told which had happened when it was asked; a
change proves that for all that came before it. What was read after the stream began is therefore
good until ``GOOD_SECONDS`` after the last such moment, also where the stream hangs or falls behind.
Without a stream, it is good for ``GOOD_SECONDS`` from the moment of reading.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

GOOD_SECONDS = 1.0
"""How long what was read may be used without a word from the database."""


class Freshness:
    """Judges readings. All moments are of ``now``, a monotonic clock in seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.now = now
        self._began = math.inf
        self._sure = -math.inf

    def begin(self) -> None:
        """A stream tells of everything that happens from this moment on."""
        self._began, self._sure = self.now(), -math.inf

    def sure_of(self, moment: float) -> None:
        """Everything was told that had happened at ``moment``."""
        self._sure = max(self._sure, min(moment, self.now()))

    def end(self) -> None:
        """There is no stream any more."""
        self._began, self._sure = math.inf, -math.inf

    def vouches_for(self, read_at: float) -> bool:
        """Whether what was read at ``read_at``, and not told of since, is a second old at most.

        The moment is that at which the reading began.
        """
        # What was read at the very moment may have been read just before the stream began.
        sure = max(read_at, self._sure) if read_at > self._began else read_at
        return self.now() - sure <= GOOD_SECONDS
