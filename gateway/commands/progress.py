"""Progress of long steps, on stderr: standard output stays what programs read."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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
            _tell(doing)
            self._last = self._now()


@contextmanager
def long_step(doing: str, seconds: float = SECONDS) -> Iterator[None]:
    """On a terminal, print ``doing`` when the block is not done within two seconds.

    For a step that cannot say how far it is: it waits for another machine, or loads much. A thread
    prints, so that it is told in the middle of the step.
    """
    if not sys.stderr.isatty():
        yield
        return
    timer = threading.Timer(seconds, _tell, [doing])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _tell(doing: str) -> None:
    say(f"  … {doing}", error=True)
