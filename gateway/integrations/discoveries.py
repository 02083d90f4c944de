"""Reading the tools of connections: with each one's credential, through the proxy's one place.

A connection's tools are read when somebody first looks at them, and again after the integration's
configuration has changed. One server that hangs or fails leaves the list as it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

from connectors.tool_context import ApiAnswer, ToolFailed
from gateway.audit.context import current_request
from gateway.clock import Clock
from gateway.engine.integration import ApiRequest, Definition
from gateway.engine.integration import Kind as KindName
from gateway.errors import GatewayError, IntegrationRefused, code_of
from gateway.integrations.kind import Kind
from gateway.integrations.news import News
from gateway.integrations.process import reading_for
from gateway.observe.logs import get_logger
from gateway.proxy.forward import Forward
from gateway.services.tokens import Wanted
from gateway.store.integration_tools import Changes, IntegrationToolStore, Synced
from gateway.store.integrations import Integration
from gateway.store.owners import PLATFORM
from gateway.tools.context import api_call, whole_answer

_log = get_logger()

WAIT_SECONDS = 10.0
"""The longest that a caller waits for tools that are being read."""
AGAIN = timedelta(minutes=1)
"""How long after a failure the same tools are read again."""
KEY_ID = "integrations"
"""Who calls, in the usage events of these requests."""


class Discoveries:
    """Reads the tools of connections, each by one task of this process."""

    def __init__(
        self,
        *,
        forward: Forward,
        store: IntegrationToolStore,
        kinds: Mapping[KindName, Kind],
        clock: Clock,
        news: News,
    ) -> None:
        self._forward = forward
        self._store = store
        self._kinds = kinds
        self._clock = clock
        self._news = news
        self._running: dict[tuple[str, str], asyncio.Task[None]] = {}

    def is_due(self, row: Integration, mark: Synced | None) -> bool:
        """Whether the tools of a connection, which were read at ``mark``, are to be read now."""
        if mark is None:
            return True
        if mark.synced_at is not None and mark.synced_at >= row.config_revised_at:
            return False
        is_old = mark.tried_at < row.config_revised_at
        return is_old or self._clock() - mark.tried_at >= AGAIN

    async def look(self, due: Sequence[tuple[Integration, str]], user: str) -> None:
        """Read the tools of these connections of ``user``, and wait a while for them.

        A connection is its id, or empty for calls without any.
        """
        tasks = [self._task(row, connection, user) for row, connection in due]
        if tasks:
            # Not cancelled when the time is over: what they read is for the next look.
            await asyncio.wait(tasks, timeout=WAIT_SECONDS)

    async def read(self, row: Integration, connection: str, user: str) -> Changes:
        """Read the tools of one connection now.

        Raises ``IntegrationRefused``, and the ``GatewayError`` of a connection that does not work.
        """
        now, kind = self._clock(), self._kinds[row.kind]
        try:
            with reading_for(row.tenant):
                found = await kind.discover(self.send_for(row, connection, user))
        except ToolFailed as failure:
            refusal = IntegrationRefused("not_discovered", failure.message)
            await self._store.failed(row, connection, refusal.code, now=now)
            raise refusal from None
        except GatewayError as error:
            code = error.code if isinstance(error, IntegrationRefused) else code_of(error)
            await self._store.failed(row, connection, code, now=now)
            raise
        changes = await self._store.sync(row, connection, found.definitions, now=now)
        await self._tell(row, connection, changes)
        return changes

    async def changed(
        self, row: Integration, connection: str, name: str, new: Definition | None
    ) -> None:
        """Note that an operation is another one than the pinned one, or gone."""
        changes = await self._store.put(row, connection, name, new, now=self._clock())
        await self._tell(row, connection, changes)

    def send_for(self, row: Integration, connection: str, user: str) -> Sender:
        """Return what sends requests with the credential of a connection that ``user`` reaches."""
        wanted = Wanted(
            connector=row.id,
            tenant=row.tenant,
            user=user,
            account=connection or None,
            owner=None if connection else PLATFORM,
        )
        return Sender(self._forward, wanted)

    def _task(self, row: Integration, connection: str, user: str) -> asyncio.Task[None]:
        key = row.id, connection
        task = self._running.get(key)
        if task is None:
            task = self._running[key] = asyncio.create_task(self._quietly(row, connection, user))
            task.add_done_callback(lambda _: self._running.pop(key, None))
        return task

    async def _quietly(self, row: Integration, connection: str, user: str) -> None:
        try:
            await self.read(row, connection, user)
        except Exception as error:
            # Rule 7: a fault of one server, or of what reads it, leaves the others alone.
            _log.warning("tools_not_read", connector=row.id, error=type(error).__name__)

    async def _tell(self, row: Integration, connection: str, changes: Changes) -> None:
        # A new connection has what others have: nobody has to look at that again.
        if changes.waiting or changes.removed:
            await self._news.tell(row, connection, changes)


class Sender:
    """A ``Send`` outside of a tool call: metered and guarded as every call is."""

    def __init__(self, forward: Forward, wanted: Wanted) -> None:
        self._forward = forward
        self._wanted = wanted

    async def __call__(self, request: ApiRequest) -> ApiAnswer:
        """Send a request; see ``gateway.integrations.kind.Send``."""
        asked = api_call(
            request,
            wanted=self._wanted,
            key_id=KEY_ID,
            request_id=current_request() or "",
            most=self._forward.limits.request_bytes,
        )
        async with self._forward.call(asked) as answer:
            return await whole_answer(answer)
