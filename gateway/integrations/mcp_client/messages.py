"""JSON-RPC messages of the Model Context Protocol over HTTP: the request, and its answer read.

A server's answer is hostile: it is bounded, parsed strictly, and never raised as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mcp.shared.inbound import NAME_BEARING_METHODS, encode_header_value
from mcp_types import CLIENT_CAPABILITIES_META_KEY, CLIENT_INFO_META_KEY, PROTOCOL_VERSION_META_KEY
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from connectors.tool_context import ApiAnswer
from gateway.engine.integration import ApiRequest
from gateway.engine.strict_json import read_json
from gateway.errors import UnreadableResponse

Message = dict[str, Any]

CLIENT = {"name": "connector-gateway", "version": "1"}
ACCEPT = "application/json, text/event-stream"
MAX_EVENTS = 10_000
"""Server-sent events of one answer."""
_SESSION = re.compile(r"[!-~]{1,512}")
_LINES = re.compile(r"\r\n|\n|\r")


class NotMcp(Exception):
    """The answer does not follow this protocol."""


@dataclass(slots=True)
class RpcError(Exception):
    """The server answered with a JSON-RPC error. ``status`` is that of HTTP."""

    code: int
    message: str = field(repr=False)
    data: Any = field(default=None, repr=False)
    status: int = 200


@dataclass(slots=True)
class HttpRefusal(Exception):
    """The server answered with a status that counts, such as 401 or 403.

    ``with_message``: the body is a JSON-RPC error all the same.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    with_message: bool = False


def request_of(
    method: str,
    params: Message,
    *,
    version: str,
    session: str | None = None,
    headers: Mapping[str, str] | None = None,
    number: str | int = 1,
    reads: bool = True,
) -> ApiRequest:
    """Return the request of a JSON-RPC method in the form of a revision; ``number`` is its id."""
    told: dict[str, str] = {"Accept": ACCEPT, **(headers or {})}
    if method != "initialize":
        told["MCP-Protocol-Version"] = version
    if version in MODERN_PROTOCOL_VERSIONS:
        params = {**params, "_meta": _envelope(version)}
        told["Mcp-Method"] = method
        if (place := NAME_BEARING_METHODS.get(method)) is not None:
            told["Mcp-Name"] = encode_header_value(str(params[place]))
    elif session is not None:
        told["Mcp-Session-Id"] = session
    message: Message = {"jsonrpc": "2.0", "method": method}
    if not method.startswith("notifications/"):
        message["id"] = number
    if params:
        message["params"] = params
    return ApiRequest(method="POST", path="", headers=told, json=message, reads=reads)


def _envelope(version: str) -> Message:
    return {
        PROTOCOL_VERSION_META_KEY: version,
        CLIENT_INFO_META_KEY: CLIENT,
        CLIENT_CAPABILITIES_META_KEY: {},
    }


def result_in(answer: ApiAnswer, number: str | int = 1) -> Message:
    """Return the result in the answer of the request with this id.

    Raises ``RpcError``, ``HttpRefusal`` for a refusal without a message, and ``NotMcp``.
    """
    message = _message_in(answer, number)
    if message is None:
        if answer.is_success:
            raise NotMcp("the answer holds no JSON-RPC message")
        raise HttpRefusal(answer.status, answer.headers)
    error = message.get("error")
    if answer.status in {401, 403} and error is not None:
        # The challenge in the headers counts.
        raise HttpRefusal(answer.status, answer.headers, with_message=True)
    if isinstance(error, Mapping):
        code, text = error.get("code"), error.get("message")
        if not isinstance(code, int) or isinstance(code, bool):
            raise NotMcp("the error has no code")
        said = text if isinstance(text, str) else ""
        raise RpcError(code, said, error.get("data"), answer.status)
    result = message.get("result")
    if not isinstance(result, dict) or not answer.is_success:
        raise NotMcp("the answer has no result")
    return result


def session_in(answer: ApiAnswer) -> str | None:
    """Return the id of the session that an ``initialize`` began, if there is one.

    Raises ``NotMcp`` for an id that no header can carry.
    """
    session = answer.headers.get("mcp-session-id")
    if session is not None and not _SESSION.fullmatch(session):
        raise NotMcp("the session's id has characters that it may not have")
    return session


def _message_in(answer: ApiAnswer, number: str | int) -> Message | None:
    """Return the response to our request, as JSON or among server-sent events."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "text/event-stream":
        found = (_response(data, number) for data in _events(answer.content))
        return next((message for message in found if message is not None), None)
    if kind == "application/json" or kind.endswith("+json"):
        return _response(answer.content, number)
    return None


def _response(content: bytes, number: str | int) -> Message | None:
    """Return a JSON-RPC response; ``None`` for all else, such as a notification."""
    try:
        message = read_json(content)
    except UnreadableResponse:
        return None
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        return None
    is_ours = "error" in message or ("result" in message and message.get("id") == number)
    return message if is_ours and "method" not in message else None


def _events(content: bytes) -> Iterator[bytes]:
    """Yield the data of each server-sent event (WHATWG HTML 9.2.6)."""
    text = content.decode("utf-8", "replace").removeprefix("\ufeff")
    data: list[str] = []
    count = 0
    for line in [*_LINES.split(text), ""]:
        if line:
            name, _, value = line.partition(":")
            if name == "data":
                data.append(value.removeprefix(" "))
        elif data:
            count += 1
            if count > MAX_EVENTS:
                return
            yield "\n".join(data).encode()
            data = []
