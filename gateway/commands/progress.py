"""Progress of long steps, on stderr: standard output stays what programs read."""

from __future__ import annotations

import time
from collections.abc import Callable

from gateway.text import say

SECONDS = 2.0


class Progress:
    """Prints the current step, at most every two seconds. A short step prints nothing."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._last = now()

    def __call__(self, doing: str) -> None:
        """Print ``doing``, the step that begins, unless a line was printed within two seconds."""
        if self._now() - self._last >= SECONDS:
            say(f"  … {doing}", error=True)
            self._last = self._now()
