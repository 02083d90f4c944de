"""Reply models that several endpoints share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

from gateway.clock import rfc3339
from gateway.services.states import State
from gateway.store.connection import Connection
from gateway.store.owners import kind_of

MARKDOWN = "text/markdown; charset=utf-8"


class HookFailureReply(BaseModel):
    """The connector's hook failed. The worker repeats it at ``retry_at``, if that is set."""

    reason: str
    since: str
    attempts: int
    retry_at: str | None


class ConnectionReply(BaseModel):
    """A linked account, without its tokens. Times are RFC 3339 in UTC.

    ``owner`` is ``user``, ``org`` or ``platform``; ``user`` is null unless a user owns it.

    ``method`` is ``oauth2``, ``api_key`` or ``client_credentials``.

    ``status`` is what the next caller would meet; ``action`` mends it: ``reconnect``, ``wait``,
    ``administrator`` or ``operator``.
    """

    id: str
    connector: str
    method: str
    owner: str
    user: str | None
    external_account_id: str
    account_label: str
    status: str
    status_reason: str | None
    status_since: str
    action: str | None
    is_default: bool
    scopes: list[str]
    connection_config: dict[str, str]
    metadata: dict[str, Any]
    created_at: str
    updated_at: str
    last_used_at: str | None
    hook_failure: HookFailureReply | None


def connection_reply(connection: Connection, state: State) -> ConnectionReply:
    """Return the public form of a connection."""
    return ConnectionReply(**connection_members(connection, state))


def connection_members(connection: Connection, state: State) -> dict[str, Any]:
    """Return the members of a connection's ``ConnectionReply``."""
    return {
        "id": connection.id,
        "connector": connection.connector,
        "method": connection.method,
        "owner": kind_of(connection.owner),
        "user": connection.user,
        "external_account_id": connection.external_account_id,
        "account_label": connection.account_label,
        "status": state.status,
        "status_reason": state.reason,
        "status_since": rfc3339(state.since),
        "action": state.action,
        "is_default": connection.is_default,
        "scopes": connection.granted_scopes,
        "connection_config": dict(connection.connection_config),
        "metadata": dict(connection.metadata),
        "created_at": rfc3339(connection.created_at),
        "updated_at": rfc3339(connection.updated_at),
        "last_used_at": time_or_none(connection.last_used_at),
        "hook_failure": _hook_failure(connection),
    }


def _hook_failure(connection: Connection) -> HookFailureReply | None:
    failure = connection.hook_failure
    if failure is None:
        return None
    return HookFailureReply(
        reason=failure.reason,
        since=rfc3339(failure.since),
        attempts=failure.attempts,
        retry_at=time_or_none(failure.retry_at),
    )


def time_or_none(time: datetime | None) -> str | None:
    """Return ``time`` in RFC 3339, or ``None``."""
    return None if time is None else rfc3339(time)


def reply(model: BaseModel, status: int = 200) -> Response:
    """Return a JSON answer that no cache stores."""
    return _json(model.model_dump_json().encode(), status)


def json_reply(members: dict[str, Any]) -> Response:
    """Return the same answer as ``reply``, from the members of its model."""
    return _json(to_json(members, inf_nan_mode="null"), 200)


def markdown(request: Request, text: str, digest: str) -> Response:
    """Return Markdown with its digest as ``ETag``, or 304 to a reader who has it."""
    etag = f'"{digest}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    known = [each.strip() for each in request.headers.get("If-None-Match", "").split(",")]
    if {etag, f"W/{etag}", "*"} & set(known):  # RFC 9110, section 13.1.2: weak comparison
        return Response(status_code=304, headers=headers)
    return Response(text, media_type=MARKDOWN, headers=headers)


def _json(body: bytes, status: int) -> Response:
    return Response(body, status, {"Cache-Control": "no-store"}, "application/json")
