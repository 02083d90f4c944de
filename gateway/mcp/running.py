"""The running requests of this process that their clients can cancel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class RunningRequests:
    """Running requests, by the topic of their session and their id as JSON."""

    def __init__(self) -> None:
        self._cancels: defaultdict[tuple[str, str], set[Callable[[], None]]] = defaultdict(set)

    @contextmanager
    def running(self, topic: str, subject: str, cancel: Callable[[], None]) -> Iterator[None]:
        """Let ``cancel`` end a request while the context lasts."""
        key = topic, subject
        self._cancels[key].add(cancel)
        try:
            yield
        finally:
            self._cancels[key].discard(cancel)
            if not self._cancels[key]:
                del self._cancels[key]

    def cancel(self, topic: str, subject: str) -> bool:
        """Cancel a request; return whether it runs here."""
        found = tuple(self._cancels.get((topic, subject), ()))
        for cancel in found:
            cancel()
        return bool(found)
