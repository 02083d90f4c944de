"""The audit trail: append-only lines for who did what (docs/audit.md; security F2, J1, rule 6).

There are two ways into the database. Changes (a link, a key, a sign-in) are *written*: their line
is stored before the response is sent. Frequent events (a token read) are *noted*: their line joins
a queue in memory, and a task stores the queue four times a second in one request. So a token read
never waits for the database. During an outage the queue grows to a limit; beyond it the oldest
notes are dropped, counted and logged. A killed process loses the notes of its last quarter of a
second; a process that stops on a signal stores them first.

Actor and request id come from context variables (``gateway.audit.context``).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

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
"""The outcome of a success."""
EVERY_SECONDS = 0.25
"""Pause between two batches of notes."""
BATCH = 500
"""Lines in one write; this many notes are written without waiting for the pause."""
MOST = 20_000
"""Most lines held in memory while the database is unavailable: about six megabytes."""
PAUSE_SECONDS = 1.0
"""Pause after a failed write."""
CLOSE_SECONDS = 3.0
"""Longest wait for the last notes when the process stops."""
USED_LATELY = timedelta(days=30)
"""The period that ``users_of`` covers."""


class Audit:
    """Writes, notes and finds audit lines."""

    def __init__(
        self, store: AuditStore, clock: Clock, metrics: Metrics, *, most: int = MOST
    ) -> None:
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._most = most
        self._notes: deque[Line] = deque()
        self._late: deque[Document] = deque()
        """Lines whose write failed: stored again before any note."""
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
        owner: str | None = None,
        details: Mapping[str, Any] | None = None,
        by: By | None = None,
    ) -> None:
        """Queue a line, to be stored soon. Takes about a microsecond and never waits."""
        notes = self._notes
        actor, request = by or (current_actor(), current_request())
        line = Line(
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
            owner,
            details,
        )
        notes.append(line)
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
        owner: str | None = None,
        actor: Actor | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """Store a line now; queue it if the database is unavailable.

        The event has happened already, so a failed write is logged and does not raise an error.
        """
        actor, request = actor or current_actor(), current_request()
        line = Line(
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
            owner,
            details,
        )
        document = self._store.document(line)
        try:
            await self._store.add([document])
        except BaseException as error:  # a cancelled request has made its change too
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
        """See ``AuditStore.find``. The latest notes may be missing."""
        return await self._store.find(tenant, wanted, limit=limit, before=before)

    async def users_of(self, tenant: str, connections: Collection[str]) -> dict[str, list[Use]]:
        """Return the keys that recently read each connection's tokens, latest first."""
        since = self._clock() - USED_LATELY
        store, ids = self._store, list(connections)
        found = await asyncio.gather(*(store.users_of(tenant, one, since) for one in ids))
        return dict(zip(ids, found, strict=True))

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """Store notes in the background while the context lasts, and the rest at its end."""
        try:
            async with in_background(self._run()):
                yield
        finally:
            await self._close()

    async def flush(self) -> None:
        """Store all notes made so far; raises ``StoreUnavailable`` if the database is away."""
        async with self._writing:
            left = len(self._late) + len(self._notes)
            while self._batch or left > 0:
                if not self._batch:
                    left -= self._take()
                if self._batch:  # notes may have been dropped meanwhile
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
                    _log.warning("audit_resumed", dropped=self._dropped)
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
        """Make the next batch and return its size."""
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
