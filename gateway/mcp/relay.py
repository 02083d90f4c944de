"""Events for a client that may reach another process than the one that serves it.

Cancellations, changed lists and ended questions come with the database's change stream, as they do
to the caches (``gateway.store.fresh.watch``). Each open stream of a client listens here.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta

from mcp.server.subscriptions import ListenHandler, ToolsListChanged
from starlette.responses import Response

from gateway.clock import Clock
from gateway.errors import RateLimited
from gateway.mcp.principal import Principal
from gateway.mcp.running import RunningRequests
from gateway.mcp.subscriptions import Subscriptions
from gateway.mcp.wire import Outbox, notification, stream
from gateway.observe.logs import get_logger
from gateway.store.fresh.notices import EVERYTHING, Tag, integrations_tag
from gateway.store.mcp_messages import Kind, McpMessage, McpMessageStore

_log = get_logger()

MOST_STREAMS = 1000
"""The most open streams of a process: each holds a connection."""
KEPT = timedelta(minutes=15)
"""How long a question is remembered: as long as a call waits for a decision."""
_LISTED = {"policies", "connector_rules"}
"""Collections on whose rows, one for each tenant, a list of tools depends."""
_ANSWERING = {"accounts", "connections", "approvals"}
"""The first word of tags that may end a question."""

LOOK_EVERY = 2.0
"""Seconds after which a waiting attempt looks again, in case that a change went unnoticed."""

TOGETHER = 0.5
"""Seconds within which the changes of a tenant's own tools are told together."""

IsAnswered = Callable[[Principal, str, str | None], Awaitable[bool]]
"""Says whether a question is answered, by its tool, and its approval if it was about one."""


@dataclass(eq=False, slots=True)
class _Stream:
    principal: Principal
    topic: str
    outbox: Outbox = field(default_factory=Outbox)
    has_questions: bool = True
    looking: asyncio.Task[None] | None = None
    looks_again: bool = False


class Relay:
    """Passes on what happens elsewhere to the calls and streams of this process."""

    def __init__(self, store: McpMessageStore, clock: Clock, is_answered: IsAnswered) -> None:
        self._store = store
        self._clock = clock
        self._is_answered = is_answered
        self._running = RunningRequests()
        self._streams: set[_Stream] = set()
        self._subscriptions = Subscriptions()
        self._due: set[Tag] = set()
        self._waiting: set[asyncio.Event] = set()
        self._is_closed = False
        store.notices.listen(self._hear)

    def running(
        self, topic: str | None, request_id: str | int, cancel: Callable[[], None]
    ) -> AbstractContextManager[None]:
        """Let the client of a session cancel a request while the context lasts."""
        if topic is None:
            return nullcontext()
        return self._running.running(topic, json.dumps(request_id), cancel)

    async def cancel(self, tenant: str, topic: str, request_id: str | int) -> None:
        """Cancel a request of a session, wherever it runs."""
        subject = json.dumps(request_id)
        if not self._running.cancel(topic, subject):
            await self._add(tenant, "", topic, Kind.CANCELLED, subject)

    async def ask(
        self, principal: Principal, topic: str, *, tool: str, approval: str | None
    ) -> str:
        """Remember that a person was sent to a page; return the id of the question.

        The client is told on its stream when it is done.
        """
        subject = f"ask_{secrets.token_hex(12)}"
        await self._add(
            principal.tenant, principal.user, topic, Kind.ASKED, subject, tool, approval
        )
        return subject

    async def answered(
        self, principal: Principal, *, tool: str, approval: str | None, seconds: float
    ) -> None:
        """Return when the person has done what was asked, or after ``seconds``."""
        until = time.monotonic() + seconds
        changed = asyncio.Event()
        self._waiting.add(changed)
        try:
            while (left := until - time.monotonic()) > 0:
                changed.clear()
                if await self._is_answered(principal, tool, approval):
                    return
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(min(left, LOOK_EVERY)):
                        await changed.wait()
        finally:
            self._waiting.discard(changed)

    def stream(self, principal: Principal, topic: str) -> Response:
        """Return the stream of a session: changed lists, and questions that are done."""
        self._check_room()
        opened = _Stream(principal, topic)

        async def parts() -> AsyncIterator[bytes]:
            self._streams.add(opened)
            try:
                self._look(opened)
                yield b": open\r\n\r\n"
                while (part := await opened.outbox.next()) is not None:
                    yield part
            finally:
                self._streams.discard(opened)
                if opened.looking is not None:
                    opened.looking.cancel()

        return stream(parts())

    def listening(self, principal: Principal) -> AbstractContextManager[ListenHandler]:
        """Open the handler of one ``subscriptions/listen`` of a principal."""
        self._check_room()
        return self._subscriptions.opened(principal.tenant)

    def close(self) -> None:
        """End all streams: the process stops."""
        self._is_closed = True
        for opened in self._streams:
            opened.outbox.close()
        self._subscriptions.close()

    def _check_room(self) -> None:
        """Raise ``RateLimited`` if this process can open no more streams."""
        if len(self._streams) + len(self._subscriptions) >= MOST_STREAMS or self._is_closed:
            raise RateLimited("mcp_streams", 60)

    def _hear(self, tags: tuple[Tag, ...]) -> None:
        """Take an announcement; it may come with every change of a connection."""
        for tag in tags:
            if tag == EVERYTHING:
                self._lists_changed(lambda tenant: True)
            elif tag[0] in _LISTED:
                self._lists_changed(tag[1].__eq__)
            elif tag[0] == "integrations_of":
                self._tools_changed(tag)
            elif tag[0] == "mcp_messages" and len(tag) == 4:
                if tag[2] == Kind.CANCELLED:
                    self._running.cancel(tag[1], tag[3])
                else:
                    for opened in self._streams:
                        if opened.topic == tag[1]:
                            opened.has_questions = True
            if tag == EVERYTHING or tag[0] in _ANSWERING:
                for changed in self._waiting:
                    changed.set()
                for opened in self._streams:
                    if opened.has_questions:
                        self._look(opened)

    def _tools_changed(self, tag: Tag) -> None:
        """Tell soon that a tenant's own tools are others: once for all of an API."""
        if tag in self._due or not (self._streams or len(self._subscriptions)):
            return
        self._due.add(tag)

        def tell() -> None:
            self._due.discard(tag)
            self._lists_changed(lambda tenant: integrations_tag(tenant) == tag)

        asyncio.get_running_loop().call_later(TOGETHER, tell)

    def _lists_changed(self, concerns: Callable[[str], bool]) -> None:
        for opened in self._streams:
            if concerns(opened.principal.tenant):
                opened.outbox.put(notification("notifications/tools/list_changed"))
        self._subscriptions.tell(ToolsListChanged(), concerns)

    def _look(self, opened: _Stream) -> None:
        if opened.looking is not None and not opened.looking.done():
            opened.looks_again = True
            return
        opened.looking = asyncio.create_task(self._tell_answered(opened))

    async def _tell_answered(self, opened: _Stream) -> None:
        """Tell a client which of its questions are done."""
        principal, looks = opened.principal, True
        while looks:
            opened.looks_again = opened.has_questions = False
            try:
                for asked in await self._store.open_questions(
                    principal.tenant, opened.topic, self._clock()
                ):
                    if not await self._is_answered(principal, asked.tool or "", asked.approval):
                        opened.has_questions = True
                    elif await self._store.remove(principal.tenant, asked.id):
                        params = {"elicitationId": asked.subject}
                        opened.outbox.put(
                            notification("notifications/elicitation/complete", params)
                        )
            except Exception as error:
                # The client learns it from its next attempt, too.
                _log.warning("mcp_questions_unread", error=type(error).__name__)
                opened.has_questions = True
                return
            looks = opened.looks_again

    async def _add(
        self,
        tenant: str,
        user: str,
        topic: str,
        kind: Kind,
        subject: str,
        tool: str | None = None,
        approval: str | None = None,
    ) -> None:
        await self._store.add(
            McpMessage(
                id=f"mcp_{secrets.token_hex(12)}",
                tenant=tenant,
                user=user,
                topic=topic,
                kind=kind,
                subject=subject,
                expires_at=self._clock() + KEPT,
                tool=tool,
                approval=approval,
            )
        )
