"""An event loop that waits for no time, for programs that wait for nothing else."""

from __future__ import annotations

import asyncio
import selectors


class _Selector(selectors.DefaultSelector):
    """Counts the time for which there would have been nothing to do, instead of waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.skipped = 0.0  # seconds

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout > 0:
            self.skipped += timeout
            timeout = 0
        return super().select(timeout)


class HastyLoop(asyncio.SelectorEventLoop):
    """An event loop on which it is time at once: when all tasks wait for a moment, it has come.

    In a contract nothing waits for another process or thread. So a provider that never answers, and
    the pause before a repeated request, cost no time.
    """

    def __init__(self) -> None:
        self._selector_of_ours = _Selector()
        super().__init__(self._selector_of_ours)

    def time(self) -> float:
        """Return the loop's time in seconds: this machine's, and what was skipped."""
        return super().time() + self._selector_of_ours.skipped
