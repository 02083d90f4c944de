"""The calls of the gateway's API as values: request, reader of the answer, and retry policy.

Building one does no I/O; both clients send the same values.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

from gateway.client.connection import (
    AvailableConnector,
    Connection,
    Revoked,
    read_connection,
    read_connections,
    read_connectors,
    read_revoked,
)
from gateway.client.errors import InvalidRequest
from gateway.client.fields import Fields
from gateway.client.token import Token, read_token
from gateway.client.tools import ToolPage, ToolResult, read_page, read_result

T = TypeVar("T")

TOOLS_AT_ONCE = 500
DETECT_SECONDS = 45.0
"""How long all kinds together may look at a URL."""
TOOL_SECONDS = 90.0
"""How long the call of a tool may take without the wait for a person: some ask a provider twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[T]):
    """One call.

    ``path`` starts with ``/v1`` and is encoded; ``read`` turns the answer into the result.
    ``repeatable`` says that a second arrival does no harm, so a retry after sending is allowed.
    ``seconds`` are those that it may take, if they are more than the client's ``timeout``.
    """

    method: str
    path: str
    read: Callable[[Fields], T]
    query: str = ""
    body: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool
    seconds: float = 0.0

    @property
    def target(self) -> str:
        """Method and path, as errors name them."""
        return f"{self.method} {self.path}"


def get_token(
    name: str,
    *,
    user: str,
    account: str | None = None,
    owner: str | None = None,
    min_seconds: int | None = None,
    rejected_token: str | Token | None = None,
    scopes: Sequence[str] = (),
) -> Call[Token]:
    """``POST /v1/connectors/{name}/token``: a token that works now.

    Repeatable although it is a POST: the gateway refreshes a token only when it is due, and after
    a report of a rejected token only while that token is the current one.
    """
    if isinstance(rejected_token, Token):
        rejected_token = rejected_token.access_token
    digest = None
    if rejected_token is not None:
        # surrogatepass: the text of an encoding error would contain the token.
        digest = hashlib.sha256(rejected_token.encode(errors="surrogatepass")).hexdigest()
    return Call(
        method="POST",
        path=f"/v1/connectors/{_segment(name, 'connector name')}/token",
        body=_body(
            user=user,
            account=account,
            owner=owner,
            min_seconds=min_seconds,
            rejected_token_sha256=digest,
            scopes=_names(scopes),
        ),
        read=read_token,
        repeatable=True,
    )


def refresh_token(
    name: str, *, user: str, account: str | None = None, owner: str | None = None
) -> Call[Token]:
    """``POST /v1/connectors/{name}/refresh``. Not repeated: each one uses up a refresh token."""
    return Call(
        method="POST",
        path=f"/v1/connectors/{_segment(name, 'connector name')}/refresh",
        body=_body(user=user, account=account, owner=owner),
        read=read_token,
        repeatable=False,
    )


def list_connectors() -> Call[list[AvailableConnector]]:
    """``GET /v1/connectors/available``."""
    return Call(
        method="GET", path="/v1/connectors/available", read=read_connectors, repeatable=True
    )


def list_connections(*, user: str | None) -> Call[list[Connection]]:
    """``GET /v1/connections?user=``, or ``?owner=org`` without a user."""
    whose = {"owner": "org"} if user is None else {"user": user}
    return Call(
        method="GET",
        path="/v1/connections",
        query=urlencode(whose, quote_via=quote),
        read=read_connections,
        repeatable=True,
    )


def get_connection(connection_id: str) -> Call[Connection]:
    """``GET /v1/connections/{id}``."""
    return Call(
        method="GET", path=_connection_path(connection_id), read=read_connection, repeatable=True
    )


def make_default(connection_id: str) -> Call[Connection]:
    """``PATCH /v1/connections/{id}``. Not repeated: it could undo a newer choice."""
    return Call(
        method="PATCH",
        path=_connection_path(connection_id),
        body=_body(is_default=True),
        read=read_connection,
        repeatable=False,
    )


def retry_hook(connection_id: str) -> Call[Connection]:
    """``POST /v1/connections/{id}/retry``. Repeatable: it runs only while the hook has failed."""
    return Call(
        method="POST",
        path=f"{_connection_path(connection_id)}/retry",
        read=read_connection,
        repeatable=True,
    )


def disconnect(connection_id: str) -> Call[Revoked]:
    """``DELETE /v1/connections/{id}``. Not repeated: the second would get 404."""
    return Call(
        method="DELETE", path=_connection_path(connection_id), read=read_revoked, repeatable=False
    )


def list_tools(
    *,
    user: str,
    query: str | None = None,
    connector: str | None = None,
    effect: str | None = None,
    cursor: str | None = None,
) -> Call[ToolPage]:
    """``POST /v1/discover``: one page of the user's tools. Repeatable: it changes nothing."""
    return Call(
        method="POST",
        path="/v1/discover",
        body=_body(
            user=user,
            query=query,
            connector=connector,
            effect=effect,
            limit=TOOLS_AT_ONCE,
            cursor=cursor,
        ),
        read=read_page,
        repeatable=True,
    )


def call_tool(
    name: str,
    arguments: Mapping[str, Any],
    *,
    user: str,
    account: str | None = None,
    owner: str | None = None,
    project: str | None = None,
    approval: str | None = None,
    wait: int | None = None,
    idempotency_key: str | None = None,
) -> Call[ToolResult]:
    """``POST /v1/tools/{name}/call``. Repeatable with an idempotency key alone.

    Arguments that are None are left out: models write null for what they do not need.
    Raises ``InvalidRequest`` if the arguments are not JSON.
    """
    given = {key: value for key, value in arguments.items() if value is not None}
    headers = {} if idempotency_key is None else {"Idempotency-Key": _line(idempotency_key)}
    return Call(
        method="POST",
        path=f"/v1/tools/{_segment(name, 'tool name')}/call",
        body=_body(
            user=user,
            arguments=given,
            account=account,
            owner=owner,
            project=project,
            approval=approval,
            wait_seconds=wait,
        ),
        headers=headers,
        read=read_result,
        repeatable=idempotency_key is not None,
        seconds=TOOL_SECONDS + (wait or 0),
    )


def list_integrations(read: Callable[[Fields], T]) -> Call[T]:
    """``GET /v1/integrations``."""
    return Call(method="GET", path="/v1/integrations", read=read, repeatable=True)


def get_integration(slug: str, read: Callable[[Fields], T]) -> Call[T]:
    """``GET /v1/integrations/{slug}``."""
    path = f"/v1/integrations/{_segment(slug, 'slug')}"
    return Call(method="GET", path=path, read=read, repeatable=True)


def detect_integration(url: str, read: Callable[[Fields], T]) -> Call[T]:
    """``POST /v1/integrations/detect``: every kind looks at the URL."""
    return Call(
        method="POST",
        path="/v1/integrations/detect",
        body=_body(url=url),
        read=read,
        repeatable=True,
        seconds=DETECT_SECONDS,
    )


def proxy_path(name: str) -> str:
    """The path below which the calls to a connector's API stand."""
    return f"/v1/proxy/{_segment(name, 'connector name')}"


def _connection_path(connection_id: str) -> str:
    return f"/v1/connections/{_segment(connection_id, 'connection id')}"


def _segment(value: str, what: str) -> str:
    """Percent-encode one path segment; refuse text that a server or proxy could read as two."""
    if not isinstance(value, str) or not value:
        raise InvalidRequest(f"The {what} is empty or not a string.")
    # Encoding does not help: httpx resolves dot segments, and servers decode %2F before routing.
    if value in {".", ".."} or not value.isprintable() or "/" in value or "\\" in value:
        raise InvalidRequest(f"The {what} holds a character or a dot segment that no {what} has.")
    return quote(value, safe="")


def _names(scopes: Sequence[str]) -> list[str] | None:
    if isinstance(scopes, str):  # would be one scope for each letter
        raise InvalidRequest("The scopes are a string: pass a list of names.")
    return list(scopes) or None


def _line(key: str) -> str:
    # httpx would refuse these too, but its message quotes the header.
    if not key or not all(" " <= letter <= "~" for letter in key):
        raise InvalidRequest("The idempotency key is empty or holds a character that is not ASCII.")
    return key


def _body(**members: object) -> bytes:
    present = {name: value for name, value in members.items() if value is not None}
    try:
        return json.dumps(present, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError):
        pass
    # Raised outside of the handler, because the text of the error would quote the value.
    raise InvalidRequest("The arguments hold something that JSON cannot say.")
