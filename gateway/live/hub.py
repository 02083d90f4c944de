"""The hub of a process's open streams: wakes those that a change concerns.

All streams share the change stream of the process (``gateway.store.fresh.watch``). A stream is only
told that something changed; it reads what that is. So nothing queues up for a slow reader.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import Self

from gateway.errors import NotReady, StreamsFull, TooManyStreams
from gateway.store.fresh.notices import EVERYTHING, Notices, Tag

LOOK_SECONDS = 15.0
"""After how long without a change a stream looks: time ends sessions and approvals, too."""
MOST_OF_ONE = 4
"""The most open streams of a session, or of a key for one user."""


class Hub:
    """The open streams of this process, at most ``most``."""

    def __init__(self, notices: Notices, most: int) -> None:
        self._most = most
        self._listeners: set[Listener] = set()
        self._of_holder: Counter[str] = Counter()
        self._by_tag: defaultdict[Tag, set[Listener]] = defaultdict(set)
        self._is_closed = False
        notices.listen(self._tell)

    def __len__(self) -> int:
        return len(self._listeners)

    def close(self) -> None:
        """End every stream, and open no more: the process shuts down."""
        self._is_closed = True
        for listener in self._listeners:
            listener.end()

    def open(self, holder: str) -> Listener:
        """Open a stream of ``holder``. It counts until it is closed.

        Raises:
            NotReady: The process shuts down.
            TooManyStreams: The holder has too many.
            StreamsFull: The process has too many.
        """
        if self._is_closed:
            raise NotReady("it is shutting down")
        if self._of_holder[holder] >= MOST_OF_ONE:
            raise TooManyStreams(MOST_OF_ONE)
        if len(self._listeners) >= self._most:
            raise StreamsFull
        listener = Listener(self, holder)
        self._listeners.add(listener)
        self._of_holder[holder] += 1
        return listener

    def follow(self, listener: Listener, tags: frozenset[Tag]) -> None:
        """Wake a listener for the changes of these tags, and no others from now on."""
        for tag in listener.tags - tags:
            self._by_tag[tag].discard(listener)
            if not self._by_tag[tag]:
                del self._by_tag[tag]
        for tag in tags - listener.tags:
            self._by_tag[tag].add(listener)
        listener.tags = tags

    def leave(self, listener: Listener) -> None:
        """Forget a stream that has ended."""
        if listener not in self._listeners:
            return
        self.follow(listener, frozenset())
        self._listeners.discard(listener)
        self._of_holder[listener.holder] -= 1
        if not self._of_holder[listener.holder]:
            del self._of_holder[listener.holder]

    def _tell(self, tags: tuple[Tag, ...]) -> None:
        for tag in tags:
            if tag == EVERYTHING:
                for listener in self._listeners:
                    listener.has_gap = True
                    listener.wake()
            for listener in self._by_tag.get(_followed(tag), ()):
                listener.wake()


class Listener:
    """One open stream. ``tags`` are the changes that it follows.

    ``has_gap`` says that changes may have gone unseen since it was last set to false.
    """

    def __init__(self, hub: Hub, holder: str) -> None:
        self.holder = holder
        self.tags: frozenset[Tag] = frozenset()
        self.has_gap = False
        self._hub = hub
        self._woken = asyncio.Event()
        self._is_over = False
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def follow(self, tags: Iterable[Tag]) -> None:
        """Be woken by changes of these tags, and no others from now on."""
        self._hub.follow(self, frozenset(tags))

    def wake(self) -> None:
        """Let the stream look again."""
        self._woken.set()

    def end(self) -> None:
        """End the stream."""
        self._is_over = True
        self._woken.set()

    def end_in(self, seconds: float) -> None:
        """End the stream after so many seconds; 0 is now, after what it has to say already."""
        if seconds:
            self._timer = asyncio.get_running_loop().call_later(seconds, self.end)
        else:
            self.end()

    async def woken(self) -> bool:
        """Wait for a change, of before the call, too; return ``False`` when the stream ends.

        It waits ``LOOK_SECONDS`` at most: each stream has a time of its own to look, so that all of
        them do not ask the database at once. Read what changed afterwards: what changes from now on
        wakes the stream again.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await self._woken.wait()
        self._woken.clear()
        return not self._is_over

    def close(self) -> None:
        """Count no more, and hear no more; idempotent."""
        if self._timer is not None:
            self._timer.cancel()
        self._hub.leave(self)


def _followed(tag: Tag) -> Tag:
    """The tag under which a stream follows it: an owner's accounts, whatever the connector."""
    return tag[:3] if tag[:1] == ("accounts",) else tag
