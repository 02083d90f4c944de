"""Messages between processes about MCP clients: the collection ``mcp_messages``.

A client's cancellation may reach another process than the one that runs the call. A question that
one process asked is reported as done by the process that has the client's stream. A row lives for
minutes; the change stream announces it (``message_tag``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.store.fresh.notices import message_tag
from gateway.store.mongo import Database
from gateway.store.rows import read_fields, write_fields


class Kind(StrEnum):
    """``cancelled``: the client gives up a request. ``asked``: it was sent to a page."""

    CANCELLED = "cancelled"
    ASKED = "asked"


@dataclass(frozen=True, kw_only=True, slots=True)
class McpMessage:
    """A message about the session of ``topic``: ``subject`` is a request's or a question's id.

    A question is about ``tool``, and about ``approval`` if it has one.
    """

    id: str
    tenant: str
    user: str
    topic: str
    kind: Kind
    subject: str
    expires_at: datetime
    tool: str | None = None
    approval: str | None = None


class McpMessageStore:
    """Messages about sessions of MCP clients."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection("mcp_messages")
        self.notices = database.notices

    async def add(self, message: McpMessage) -> None:
        """Store a message, which every process hears of."""
        with self.notices.telling(message_tag(write_fields(message))):
            await self._rows.insert(write_fields(message))

    async def open_questions(self, tenant: str, topic: str, now: datetime) -> list[McpMessage]:
        """Return the questions of a session that are not answered, the oldest first."""
        rows = await self._rows.find(
            {"tenant": tenant, "topic": topic, "kind": Kind.ASKED, "expires_at": {"$gt": now}},
            sort=[("_id", 1)],
            limit=100,
        )
        return [read_fields(McpMessage, row) for row in rows]

    async def remove(self, tenant: str, message_id: str) -> bool:
        """Remove a message; return whether this call did it."""
        row = await self._rows.find_one_and_delete({"_id": message_id, "tenant": tenant})
        return row is not None
