"""Progress of long steps, on stderr: standard output stays what programs read."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

SECONDS = 2.0


class Progress:
    """Prints what is being done, at most every two seconds: a short step prints nothing."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._last = now()

    def __call__(self, doing: str) -> None:
        """Say that ``doing`` begins, if nothing was said for two seconds."""
        if self._now() - self._last >= SECONDS:
            print(f"  … {doing}", file=sys.stderr, flush=True)
            self._last = self._now()
