"""A running request of the revisions with a handshake, as the ``mcp`` package sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import anyio
from mcp.shared.dispatcher import CallOptions
from mcp.shared.exceptions import NoBackChannelError
from mcp.shared.message import ServerMessageMetadata
from mcp.shared.transport_context import TransportContext

from gateway.mcp.wire import Message, Outbox, notification


@dataclass
class Call:
    """A running request, as the handlers of the ``mcp`` package see it."""

    transport: TransportContext
    request_id: str | int
    message_metadata: ServerMessageMetadata
    outbox: Outbox
    progress_token: str | int | None
    cancel_requested: anyio.Event = field(default_factory=anyio.Event)
    can_send_request: bool = False

    async def send_raw_request(
        self, method: str, params: Mapping[str, Any] | None, opts: CallOptions | None = None
    ) -> dict[str, Any]:
        """Refuse: the gateway asks nothing of a client while it serves a request."""
        raise NoBackChannelError(method)

    async def notify(
        self, method: str, params: Mapping[str, Any] | None, opts: CallOptions | None = None
    ) -> None:
        """Send a notification on the stream of this request."""
        self.outbox.put(notification(method, None if params is None else dict(params)))

    async def progress(
        self, progress: float, total: float | None = None, message: str | None = None
    ) -> None:
        """Tell how far the call is, if the client asked for it."""
        if self.progress_token is None:
            return
        params: Message = {"progressToken": self.progress_token, "progress": progress}
        params |= {} if total is None else {"total": total}
        params |= {} if message is None else {"message": message}
        await self.notify("notifications/progress", params)
