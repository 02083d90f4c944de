"""The calls of the gateway's API as values: request, reader of the answer, and retry policy.

Building one does no I/O; both clients send the same values.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
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

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[T]):
    """One call.

    ``path`` starts with ``/v1`` and is encoded; ``read`` turns the answer into the result.
    ``repeatable`` says that a second arrival does no harm, so a retry after sending is allowed.
    """

    method: str
    path: str
    read: Callable[[Fields], T]
    query: str = ""
    body: bytes | None = None
    repeatable: bool

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


def _body(**members: str | int | bool | list[str] | None) -> bytes:
    present = {name: value for name, value in members.items() if value is not None}
    return json.dumps(present, separators=(",", ":")).encode()
