"""The API for the tenant's audit: ``GET /v1/audit`` (docs/audit.md)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from gateway.access.service_keys import Role
from gateway.clock import rfc3339
from gateway.errors import InvalidRequest
from gateway.store.audit import Action, Line, Wanted, cursor
from gateway.web.callers import require_key
from gateway.web.inputs import limit_in, read_query, text_in, time_in
from gateway.web.operation import Operation
from gateway.web.replies import reply
from gateway.web.state import services

QUERY = ("user", "connector", "connection", "action", "since", "until", "limit", "cursor")
MOST = 500
"""The default number of lines in an answer."""
USUAL = 100


class ActorReply(BaseModel):
    """The actor: ``key``, ``client``, ``session``, ``login``, ``worker`` or ``command``.

    For a ``client``, ``key_id`` is its client id.
    """

    kind: str
    key_id: str | None
    key_label: str | None
    user: str | None


class LineReply(BaseModel):
    """One line: the action, its actor, the user and object concerned, and the outcome.

    ``owner`` is ``org`` or ``platform`` where the connection is not the user's own. ``details`` are
    facts of a call of a tool.
    """

    id: str
    time: str
    action: str
    outcome: str
    actor: ActorReply
    user: str | None
    owner: str | None
    connector: str | None
    connection: str | None
    subject: str | None
    details: dict[str, Any] | None
    request_id: str | None


class AuditReply(BaseModel):
    """Lines, newest first. ``next_cursor`` leads to older ones; ``null`` at the end."""

    lines: list[LineReply]
    next_cursor: str | None


async def read_audit(request: Request) -> Response:
    """List the actions in the caller's tenant, newest first."""
    caller = await require_key(request, Role.ADMIN)
    given = read_query(request, *QUERY)
    limit = limit_in(given, usual=USUAL, most=MOST)
    try:
        found = await services(request).audit.find(
            caller.tenant, _wanted(given), limit=limit + 1, before=given.get("cursor")
        )
    except ValueError:
        raise InvalidRequest("cursor: take it from next_cursor of an earlier answer") from None
    shown = found[:limit]
    return reply(
        AuditReply(
            lines=[_shown(line) for line in shown],
            next_cursor=cursor(shown[-1]) if len(found) > limit else None,
        )
    )


def _wanted(given: dict[str, str]) -> Wanted:
    action = given.get("action")
    if action is not None and action not in set(Action):
        raise InvalidRequest(f"action: must be one of {', '.join(Action)}")
    return Wanted(
        user=text_in(given, "user"),
        connector=text_in(given, "connector"),
        connection=text_in(given, "connection"),
        action=None if action is None else Action(action),
        since=time_in(given, "since"),
        until=time_in(given, "until"),
    )


def _shown(line: Line) -> LineReply:
    actor = line.actor
    return LineReply(
        id=line.id,
        time=rfc3339(line.time),
        action=line.action,
        outcome=line.outcome,
        actor=ActorReply(
            kind=str(actor.kind), key_id=actor.key, key_label=actor.label, user=actor.user
        ),
        user=line.user,
        owner=line.owner,
        connector=line.connector,
        connection=line.connection,
        subject=line.subject,
        details=None if line.details is None else dict(line.details),
        request_id=line.request,
    )


OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/audit",
        handler=read_audit,
        query=QUERY,
        who="key",
        role="admin",
        summary="What was done in this tenant, newest first",
        reply=AuditReply,
        errors=("unauthorized", "forbidden", "invalid_request", "store_unavailable"),
    )
]
