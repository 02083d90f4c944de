"""Being told of a row's change instead of asking again and again.

One change stream for the whole process tells which connections changed, whoever changed them. Where
the database cannot tell (no replica set, an election under way), whoever waits asks by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict

from gateway.errors import StoreUnavailable
from gateway.store.mongo import Database

POLL_SECONDS = 0.05
RETRY_SECONDS = 1.0


class Watch:
    """Tells of changes to connections. ``run`` is a task of the process that has one."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self.told = asyncio.Event()
        """Set while changes are told."""

    @property
    def waiting(self) -> int:
        """How many wait for a row."""
        return sum(map(len, self._waiting.values()))

    async def run(self) -> None:
        """Follow the changes until cancelled."""
        while True:
            with contextlib.suppress(StoreUnavailable):
                await self._follow()
            self.told.clear()
            self._wake(*self._waiting)
            await asyncio.sleep(RETRY_SECONDS)

    async def changed(self, row: str, seconds: float) -> None:
        """Return when the row has changed, or after ``seconds``; sooner where nobody tells.

        Look at the row before waiting *and* after: a change may come in between.
        """
        if not self.told.is_set():
            await asyncio.sleep(min(seconds, POLL_SECONDS))
            return
        event = asyncio.Event()
        self._waiting[row].add(event)
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return
        finally:
            self._waiting[row].discard(event)
            if not self._waiting[row]:
                del self._waiting[row]

    async def _follow(self) -> None:
        async with self._database.watch("connections") as changes:
            self.told.set()
            while True:
                change = await changes.next()
                if change is not None and "documentKey" in change:
                    self._wake(str(change["documentKey"]["_id"]))

    def _wake(self, *rows: str) -> None:
        for row in rows:
            for event in self._waiting.get(row, ()):
                event.set()
