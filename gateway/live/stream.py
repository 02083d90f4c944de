"""One stream of events: a snapshot, then changes, until the caller's credential ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from gateway.live.hub import Listener
from gateway.live.view import Event, Scope, View, Views
from gateway.store.fresh.notices import Tag

STILL_HERE = None
"""What a stream yields if it looked and found no change."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stream:
    """The events of ``scope``.

    ``check`` raises if the caller may see them no longer; ``credential`` is the tag of its row.
    """

    views: Views
    scope: Scope
    listener: Listener
    credential: Tag
    check: Callable[[], Awaitable[None]]

    async def first(self) -> View:
        """Return the view that the stream begins with."""
        self.listener.follow(self._always)
        return await self._read()

    async def events(self, view: View) -> AsyncIterator[Event | None]:
        """Yield ``view`` and what changes then; end at shutdown. Raises what ``check`` does."""
        yield view.as_event("snapshot")
        while await self.listener.woken():
            await self.check()
            has_gap, self.listener.has_gap = self.listener.has_gap, False
            old, view = view, await self._read()
            if has_gap:
                yield view.as_event("resync")
                continue
            events = await self.views.changes(self.scope, old, view)
            for event in events:
                yield event
            if not events:
                yield STILL_HERE

    @property
    def _always(self) -> frozenset[Tag]:
        return self.scope.tags | {self.credential}

    async def _read(self) -> View:
        """Read a view whose rows are all followed: no later change of them goes unseen."""
        while True:
            view = await self.views.read(self.scope)
            wanted = self._always | view.tags
            is_followed = wanted <= self.listener.tags
            self.listener.follow(wanted)
            if is_followed:
                return view
