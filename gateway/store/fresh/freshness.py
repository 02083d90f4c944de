"""How stale this process's caches can be, judged by its change stream.

An empty answer of the stream proves that every change up to the question has been announced; a
change proves it for everything before it. A row that was read after the stream began is therefore
valid until ``GOOD_SECONDS`` after the last such proof, even if the stream hangs or falls behind.
Without a stream, it is valid for ``GOOD_SECONDS`` after the reading.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

GOOD_SECONDS = 1.0
"""How long a row may be used without news from the database."""


class Freshness:
    """Judges readings. All times are by ``now``, a monotonic clock in seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.now = now
        self._began = math.inf
        self._sure = -math.inf

    def begin(self) -> None:
        """Note that a stream announces every change from this moment on."""
        self._began, self._sure = self.now(), -math.inf

    def sure_of(self, moment: float) -> None:
        """Note that every change up to ``moment`` has been announced."""
        self._sure = max(self._sure, min(moment, self.now()))

    def end(self) -> None:
        """Note that the stream has ended."""
        self._began, self._sure = math.inf, -math.inf

    def vouches_for(self, read_at: float) -> bool:
        """Whether rows of a reading that began at ``read_at`` are at most one second stale.

        It holds for rows that no announced change has touched since.
        """
        # Not ">=": a reading at that very moment may have happened just before the stream began.
        sure = max(read_at, self._sure) if read_at > self._began else read_at
        return self.now() - sure <= GOOD_SECONDS
