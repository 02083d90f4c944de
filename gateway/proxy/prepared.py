"""The request of a call, as it goes out, and as people see it: the same but for its secrets.

Both come from ``request_of``. What a dry run answers and what a person approves is therefore what
is sent, with ``CREDENTIAL`` in place of each secret.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Set
from dataclasses import dataclass, field

from gateway.outbound.streaming import StreamRequest
from gateway.proxy import headers as fields
from gateway.proxy.credentials import (
    attach_to_body,
    attach_to_headers,
    attach_to_target,
    needs_body,
    without_secrets,
)
from gateway.proxy.destination import Destination, destination
from gateway.proxy.headers import Header
from gateway.proxy.tool_call import ToolCall
from gateway.services.tokens import IssuedToken
from gateway.store.connection import Connection
from gateway.usage.meter import Forecast


@dataclass(frozen=True, kw_only=True, slots=True)
class PreparedRequest:
    """A request with placeholders for its secrets, and the connection that it is sent for.

    ``is_repeat``: the provider refused the token of the first time, and this is the same request.
    ``change`` is that of ``ToolCall``.
    """

    method: str
    url: str
    headers: list[Header] = field(repr=False)
    body: bytes = field(repr=False)
    connection: Connection
    is_repeat: bool = False
    change: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class DryRun(PreparedRequest):
    """What a call would send, and what the rules would say to it."""

    forecast: Forecast


BeforeSending = Callable[[PreparedRequest], Awaitable[None]]
"""Runs directly before a request goes out, and raises to stop it."""


async def request_of(
    asked: ToolCall, issued: IssuedToken, to: Destination, wait_seconds: float
) -> StreamRequest:
    """Return the request of a call, with the credential in its places."""
    headers = attach_to_headers(issued, fields.sent(asked.headers))
    headers.append((b"accept-encoding", b"identity"))
    if not any(name == b"user-agent" for name, _ in headers):
        headers.append((b"user-agent", b"connector-gateway"))
    body = asked.body
    await body.begin()
    content = body.content
    if needs_body(issued, asked.method):
        content, kind = attach_to_body(issued, await body.whole(), body.content_type)
        headers = [each for each in headers if each[0] != b"content-type"]
        headers.append((b"content-type", kind.encode("latin-1")))
    return StreamRequest(
        method=asked.method,
        scheme=to.origin.scheme,
        host=to.origin.host,
        port=to.origin.port,
        target=attach_to_target(issued, to),
        headers=headers,
        body=content,
        length=body.declared,
        wait_seconds=wait_seconds,
    )


async def prepared(asked: ToolCall, issued: IssuedToken, hosts: Set[str]) -> PreparedRequest:
    """Return the request of a call as people see it.

    Raises ``PathRefused``, and ``RequestTooLarge`` for a body that cannot be kept.
    """
    hidden = without_secrets(issued)
    to = destination(
        hidden.base_url,
        asked.path,
        asked.query,
        host=asked.host,
        hosts=hosts,
        is_exact=asked.is_exact,
    )
    await asked.body.hold()
    request = await request_of(asked, hidden, to, 0)
    body = request.body
    return PreparedRequest(
        method=request.method,
        url=f"{request.scheme}://{request.netloc}{request.target.decode('latin-1')}",
        headers=list(request.headers),
        body=body if isinstance(body, bytes) else b"",
        connection=issued.connection,
        change=asked.change,
    )
