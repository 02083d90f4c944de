"""The HTTP request behind a call of a handler of the ``mcp`` package: its scope and its caller."""

from __future__ import annotations

from typing import Any

from mcp.server.context import ServerRequestContext

from gateway.errors import Unauthorized
from gateway.mcp.principal import Principal, principal_in

Context = ServerRequestContext[Any, Any]


def scope_of(context: Context) -> dict[str, Any]:
    """Return the ASGI scope; raise ``Unauthorized`` for a message that came without a request."""
    if context.request is None:
        raise Unauthorized("the message came without an HTTP request")
    found: dict[str, Any] = context.request.scope
    return found


def caller_of(context: Context) -> Principal:
    """Return the caller; raise ``Unauthorized``."""
    return principal_in(scope_of(context))
