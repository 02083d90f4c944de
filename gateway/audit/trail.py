"""Who did what, kept where nobody changes it: the audit (docs/audit.md; security F2, J1, rule 6).

Two ways lead into the database. What changes something (a link, a key, a sign-in) is *written*: its
line is there before the answer is. What happens thousands of times a second (a token handed out) is
*noted*: a line on a list in memory, which a task writes out four times a second in one request.
So a token read waits for nothing, not even while the database is away; then the list grows up to a
bound, and beyond that the oldest notes are given up, loudly. A process that is killed takes the last
quarter of a second of its notes with it; one that is told to stop writes them first.

Who acts, and in which request, is known to the edge (``gateway.web``, the worker, a command) and
travels in context variables: whoever notes something does not have to be told.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import timedelta

from gateway.audit.context import By, current_actor, current_request
from gateway.background import in_background
from gateway.clock import Clock
from gateway.errors import StoreUnavailable
from gateway.observe.logs import get_logger
from gateway.observe.metrics import Metrics
from gateway.store.audit import Action, Actor, AuditStore, Line, Use, Wanted
from gateway.store.mongo import Document

_log = get_logger()

OK = "ok"
"""The outcome of what worked."""
EVERY_SECONDS = 0.25
"""Between two times that notes are written out."""
BATCH = 500
"""Notes that are written at once; so many do not wait for the next time."""
MOST = 20_000
"""Notes that are kept in memory while the database does not take them: some six megabytes."""
PAUSE_SECONDS = 1.0
"""After the database did not take them."""
CLOSE_SECONDS = 3.0
"""The longest that the end of the process waits for the last notes."""
USED_LATELY = timedelta(days=30)
"""How far back ``users_of`` looks."""


class Audit:
    """Writes, notes and finds lines."""

    def __init__(
        self, store: AuditStore, clock: Clock, metrics: Metrics, *, most: int = MOST
    ) -> None:
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._most = most
        self._notes: deque[Line] = deque()
        self._late: deque[Document] = deque()
        """Lines that the database did not take when they were written: they come before any note."""
        self._batch: list[Document] = []
        self._some, self._many = asyncio.Event(), asyncio.Event()
        self._writing = asyncio.Lock()
        self._dropped = 0

    def note(
        self,
        action: Action,
        *,
        tenant: str,
        outcome: str = OK,
        user: str | None = None,
        connector: str | None = None,
        connection: str | None = None,
        subject: str | None = None,
        by: By | None = None,
    ) -> None:
        """Keep in mind to write a line; costs about a microsecond and never waits."""
        notes = self._notes
        actor, request = by or (current_actor(), current_request())
        notes.append(
            Line(
                self._clock(),
                tenant,
                actor,
                action,
                outcome,
                request,
                user,
                connector,
                connection,
                subject,
            )
        )
        held = len(notes)
        if held == 1:
            self._some.set()
        if held >= BATCH:
            self._many.set()
        if held > self._most:
            notes.popleft()
            self._drop()

    async def write(
        self,
        action: Action,
        *,
        tenant: str,
        outcome: str = OK,
        user: str | None = None,
        connector: str | None = None,
        connection: str | None = None,
        subject: str | None = None,
        actor: Actor | None = None,
    ) -> None:
        """Write a line now. Where the database does not take it, it is kept and tried again.

        What it tells of was done already and cannot be answered with an error: so none is raised.
        """
        document = self._store.document(
            Line(
                self._clock(),
                tenant,
                actor or current_actor(),
                action,
                outcome,
                current_request(),
                user,
                connector,
                connection,
                subject,
            )
        )
        try:
            await self._store.add([document])
        except BaseException as error:  # a cancelled request has changed something all the same
            if len(self._late) >= self._most:
                self._late.popleft()
                self._drop()
            self._late.append(document)
            self._some.set()
            if not isinstance(error, StoreUnavailable):
                raise
            _log.error(
                "audit_line_waits", action=str(action), connection=connection, subject=subject
            )

    async def find(
        self, tenant: str, wanted: Wanted, *, limit: int, before: str | None = None
    ) -> list[Line]:
        """See ``AuditStore.find``. Notes of the last moment may not be among them."""
        return await self._store.find(tenant, wanted, limit=limit, before=before)

    async def users_of(self, tenant: str, connections: Collection[str]) -> dict[str, list[Use]]:
        """For each connection the keys that got its tokens lately, latest first."""
        since = self._clock() - USED_LATELY
        store, ids = self._store, list(connections)
        found = await asyncio.gather(*(store.users_of(tenant, one, since) for one in ids))
        return dict(zip(ids, found, strict=True))

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Write out what is noted for as long as the context lasts, and the rest at its end."""
        try:
            async with in_background(self._run()):
                yield
        finally:
            await self._close()

    async def flush(self) -> None:
        """Write everything that was noted up to now; raises ``StoreUnavailable``."""
        async with self._writing:
            left = len(self._late) + len(self._notes)
            while self._batch or left > 0:
                if not self._batch:
                    left -= self._take()
                if self._batch:  # notes may have been dropped in between
                    await self._store.add(self._batch)
                self._batch = []

    async def _run(self) -> None:
        failing = False
        while True:
            await self._some.wait()
            if failing:
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(EVERY_SECONDS):
                        await self._many.wait()
            self._some.clear()
            self._many.clear()
            try:
                await self.flush()
            except StoreUnavailable:
                if not failing:
                    _log.error("audit_waits_for_database", lines=self._held)
                failing = True
            else:
                if failing:
                    _log.warning("audit_goes_on", dropped=self._dropped)
                failing, self._dropped = False, 0
            if self._held:
                self._some.set()

    async def _close(self) -> None:
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.flush()
        except (StoreUnavailable, TimeoutError):
            _log.error("audit_lines_lost", lines=self._held)

    @property
    def _held(self) -> int:
        return len(self._batch) + len(self._late) + len(self._notes)

    def _take(self) -> int:
        """Make the next batch; how many lines it has."""
        while self._late and len(self._batch) < BATCH:
            self._batch.append(self._late.popleft())
        while self._notes and len(self._batch) < BATCH:
            self._batch.append(self._store.document(self._notes.popleft()))
        return len(self._batch)

    def _drop(self) -> None:
        self._metrics.audit_dropped()
        self._dropped += 1
        if self._dropped == 1:
            _log.error("audit_lines_dropped", kept=self._most)
