"""The operation of a request, read before the protocol runs: its method, and the tool of a call.

The body decides, in every revision: the headers ``Mcp-Method`` and ``Mcp-Name`` are the caller's
claim about it, and the protocol refuses a request in which they differ.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.engine.strict_json import read_object
from gateway.errors import InvalidRequest, UnreadableResponse

CALL = "tools/call"


@dataclass(frozen=True, slots=True)
class Operation:
    """A method of the protocol, and the tool where it is a call of one."""

    method: str
    tool: str | None = None


NOTHING = Operation("")
"""The operation of a request without a body: it opens a stream, or ends a session."""


def operation_of(body: bytes) -> Operation:
    """Read the operation of a JSON-RPC message.

    Raises ``InvalidRequest`` unless it is one JSON object without a repeated name: two readers
    could see two operations. A message without a method is an answer of a client.
    """
    if not body:
        return NOTHING
    try:
        message = read_object(body)
    except UnreadableResponse:
        raise InvalidRequest("the body is not one JSON object") from None
    return _named(message.get("method"), message.get("params"))


def claimed_operation(method: str | None, name: str | None) -> Operation:
    """Return the operation that the headers of a request claim."""
    return _named(method, {"name": name})


def _named(method: object, params: object) -> Operation:
    if not isinstance(method, str):
        return NOTHING
    name = params.get("name") if isinstance(params, dict) else None
    return Operation(method, name if method == CALL and isinstance(name, str) else None)
