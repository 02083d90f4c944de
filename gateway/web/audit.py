"""The API for the tenant's audit: ``GET /v1/audit`` (docs/audit.md)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from gateway.access.service_keys import Role
from gateway.clock import rfc3339
from gateway.errors import InvalidRequest
from gateway.store.audit import Action, Line, Wanted, cursor
from gateway.web.callers import require_key
from gateway.web.inputs import read_query
from gateway.web.operation import Operation
from gateway.web.replies import reply
from gateway.web.state import services

QUERY = ("user", "connector", "connection", "action", "since", "until", "limit", "cursor")
MOST = 500
"""The default number of lines in an answer."""
USUAL = 100
MAX_TEXT = 255

_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)  # RFC 3339, with its offset


class ActorReply(BaseModel):
    """The actor: ``kind`` is ``key``, ``session``, ``login``, ``worker`` or ``command``."""

    kind: str
    key_id: str | None
    key_label: str | None
    user: str | None


class LineReply(BaseModel):
    """One line: the action, its actor, the user and object concerned, and the outcome.

    ``owner`` is ``org`` or ``platform`` where the connection is not the user's own.
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
    request_id: str | None


class AuditReply(BaseModel):
    """Lines, newest first. ``next_cursor`` leads to older ones; ``null`` at the end."""

    lines: list[LineReply]
    next_cursor: str | None


async def read_audit(request: Request) -> Response:
    """List the actions in the caller's tenant, newest first."""
    caller = await require_key(request, Role.ADMIN)
    given = read_query(request, *QUERY)
    limit = _limit(given.get("limit"))
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
        user=_text("user", given),
        connector=_text("connector", given),
        connection=_text("connection", given),
        action=None if action is None else Action(action),
        since=_time("since", given),
        until=_time("until", given),
    )


def _text(name: str, given: dict[str, str]) -> str | None:
    value = given.get(name)
    if value is not None and not (0 < len(value) <= MAX_TEXT and value.isprintable()):
        raise InvalidRequest(f"{name}: must be 1 to {MAX_TEXT} printable characters")
    return value


def _limit(given: str | None) -> int:
    if given is None:
        return USUAL
    if not re.fullmatch(r"[1-9][0-9]{0,2}", given) or int(given) > MOST:
        raise InvalidRequest(f"limit: must be 1 to {MOST}")
    return int(given)


def _time(name: str, given: dict[str, str]) -> datetime | None:
    value = given.get(name)
    if value is None:
        return None
    try:
        if not _TIME.fullmatch(value):
            raise ValueError
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidRequest(f"{name}: must be a time like 2026-01-31T09:30:00Z") from None


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
