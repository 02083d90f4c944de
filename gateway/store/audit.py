"""The audit trail: the collection ``audit``, append-only, one line for each action.

Nothing here changes or deletes a line. MongoDB removes a line at its ``expires_at``, where it has
one (a TTL index). A line names a connection by its id and holds no token, no key and no account
name of a provider: it may outlive all three (security E6, J1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, TypedDict

from bson import ObjectId

from gateway.store.mongo import Database, Document

MOST_KEYS = 10
"""The most service keys that ``users_of`` returns."""
_MOST_STEPS = 100
"""The most service keys that it looks at."""
_CURSOR = re.compile(r"([0-9]{1,14})-([0-9a-f]{24})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Action(StrEnum):
    """The audited actions; docs/audit.md explains each in a sentence."""

    TOKEN_ISSUED = "token.issued"
    TOKEN_REFUSED = "token.refused"
    TOOL_CALLED = "tool.called"
    CONNECTION_CREATED = "connection.created"
    CONNECTION_RECONNECTED = "connection.reconnected"
    CONNECTION_REFUSED = "connection.refused"
    CONNECTION_DISCONNECTED = "connection.disconnected"
    CONNECTION_NEEDS_REAUTH = "connection.needs_reauth"
    CONNECTION_DEFAULT_CHANGED = "connection.default_changed"
    CONNECTOR_RULE_CHANGED = "connector.rule_changed"
    USAGE_RULE_CHANGED = "usage.rule_changed"
    POLICY_CHANGED = "policy.changed"
    TOOLS_SWITCHED = "tools.switched"
    APPROVAL_ASKED = "approval.asked"
    APPROVAL_DECIDED = "approval.decided"
    APPROVAL_USED = "approval.used"
    APPROVAL_REFUSED = "approval.refused"
    HOOK_DONE = "hook.done"
    HOOK_FAILED = "hook.failed"
    REFRESH_DONE = "refresh.done"
    REFRESH_FAILED = "refresh.failed"
    KEY_CREATED = "key.created"
    KEY_DELETED = "key.deleted"
    KEY_ADOPTED = "key.adopted"
    KEY_REFUSED = "key.refused"
    LOGIN_ACCEPTED = "login.accepted"
    LOGIN_SUCCEEDED = "login.succeeded"
    LOGIN_FAILED = "login.failed"
    LOGOUT = "logout"
    SESSIONS_ENDED = "sessions.ended"
    WEBHOOK_CREATED = "webhook.created"
    WEBHOOK_DELETED = "webhook.deleted"
    APP_SET = "app.set"
    APP_REMOVED = "app.removed"
    INTEGRATION_ADDED = "integration.added"
    INTEGRATION_REMOVED = "integration.removed"
    INTEGRATION_CHANGED = "integration.changed"
    INTEGRATION_REFRESHED = "integration.refreshed"
    INTEGRATION_TOOLS_CHANGED = "integration.tools_changed"
    INTEGRATION_TOOL_ACCEPTED = "integration.tool_accepted"
    INTEGRATION_TOOL_EFFECT = "integration.tool_effect"
    AGENT_REGISTERED = "agent.registered"
    AGENT_ALLOWED = "agent.allowed"
    AGENT_DENIED = "agent.denied"
    AGENT_TOKENS_ISSUED = "agent.tokens_issued"
    AGENT_ENDED = "agent.ended"
    VAULT_OPEN_FAILED = "vault.open_failed"
    ENCRYPTION_ROTATED = "encryption.rotated"


class ActorKind(StrEnum):
    """A service key, an agent that a person let in, a person, a person signing in, the worker, or
    an operator at a terminal."""

    KEY = "key"
    CLIENT = "client"
    SESSION = "session"
    LOGIN = "login"
    WORKER = "worker"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Actor:
    """The actor of a line: a key with its id and its label at that time, or a ``user``.

    An agent's client has the client id as ``key``, and the user who let it in.
    """

    kind: ActorKind
    key: str | None = None
    label: str | None = None
    user: str | None = None


class Line(NamedTuple):
    """One audited action. ``outcome`` is ``ok`` or the error's word.

    ``user`` owns the connection, session or login, or gets the token of one that ``owner`` lends
    (``org`` or ``platform``); ``subject`` is the id of a key, webhook or app, a rule or a tool.
    ``details`` are facts of a call of a tool, and hold no value of an argument. It is a tuple
    because a process makes thousands of them in a second.
    """

    time: datetime
    tenant: str
    actor: Actor
    action: str
    outcome: str
    request: str | None
    user: str | None = None
    connector: str | None = None
    connection: str | None = None
    subject: str | None = None
    owner: str | None = None
    details: Mapping[str, Any] | None = None
    id: str = ""


class About(TypedDict):
    """The facts of a line about a connection."""

    tenant: str
    user: str | None
    owner: str
    connector: str
    connection: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Use:
    """A service key that got a connection's tokens; ``last_at`` is the last time."""

    connection: str
    key: str
    label: str
    last_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A filter: all set fields must match. ``since`` is inclusive, ``until`` exclusive."""

    user: str | None = None
    connector: str | None = None
    connection: str | None = None
    action: Action | None = None
    since: datetime | None = None
    until: datetime | None = None

    def query(self) -> Document:
        """Return the conditions on a row, without the tenant."""
        named = {"user": self.user, "connector": self.connector, "connection": self.connection}
        query: Document = {name: value for name, value in named.items() if value is not None}
        if self.action is not None:
            query["action"] = str(self.action)
            if self.action not in FREQUENT:
                query["rare"] = True  # selects the partial index ``rare``
        limits = {"$gte": self.since, "$lt": self.until}
        if time := {name: value for name, value in limits.items() if value is not None}:
            query["time"] = time
        return query


FREQUENT = frozenset({Action.TOKEN_ISSUED, Action.TOKEN_REFUSED, Action.TOOL_CALLED})
"""The actions of tools: nearly all lines have one of these."""


class AuditStore:
    """Adds lines and finds them. Every search takes the caller's tenant (rule 6)."""

    def __init__(self, database: Database, keep: timedelta | None = None) -> None:
        """``keep`` is how long a line is kept; ``None`` keeps it for ever."""
        self._rows = database.collection("audit")
        self._keep = keep

    def document(self, line: Line) -> Document:
        """Return a line as it is stored. It has its id already, so adding it twice is harmless."""
        document: Document = {
            "_id": ObjectId(),
            "time": line.time,
            "tenant": line.tenant,
            "actor": _row(line.actor),
            "action": str(line.action),
            "outcome": line.outcome,
            "request": line.request,
            "user": line.user,
            "connector": line.connector,
            "connection": line.connection,
        }
        if line.subject is not None:
            document["subject"] = line.subject
        if line.owner not in {None, "user"}:
            document["owner"] = line.owner
        if line.details is not None:
            document["details"] = line.details
        if line.action not in FREQUENT:
            document["rare"] = True
        if self._keep is not None:
            document["expires_at"] = line.time + self._keep
        return document

    async def add(self, documents: Sequence[Document]) -> None:
        """Add the results of ``document`` (at least one); those that exist already are skipped."""
        await self._rows.insert_missing(documents)

    async def find(
        self, tenant: str, wanted: Wanted, *, limit: int, before: str | None = None
    ) -> list[Line]:
        """Return up to ``limit`` lines, newest first, older than the cursor ``before``.

        Raises ``ValueError`` if ``before`` is not a cursor.
        """
        query: Document = {"tenant": tenant} | wanted.query()
        if before is not None:
            time, row = _position(before)
            query["$or"] = [{"time": {"$lt": time}}, {"time": time, "_id": {"$lt": row}}]
            # Redundant with "$or", but it bounds the index scan.
            query["time"] = {"$lte": time} | query.get("time", {})
        rows = await self._rows.find(query, sort=[("time", -1), ("_id", -1)], limit=limit)
        return [_read(row) for row in rows]

    async def users_of(self, tenant: str, connection: str, since: datetime) -> list[Use]:
        """Return the service keys that got this connection's tokens since then, latest first."""
        uses: list[Use] = []
        last = ""
        # One index step for each key, however many lines it has.
        for _ in range(_MOST_STEPS):
            found = await self._rows.find(
                {
                    "tenant": tenant,
                    "connection": connection,
                    "action": str(Action.TOKEN_ISSUED),
                    "actor.key": {"$gt": last},
                },
                sort=[("actor.key", 1), ("time", -1)],
                limit=1,
                index="uses",
            )
            if not found:
                break
            row = found[0]
            last = row["actor"]["key"]
            if row["time"] >= since:
                uses.append(
                    Use(
                        connection=connection,
                        key=last,
                        label=row["actor"].get("label", ""),
                        last_at=row["time"],
                    )
                )
        return sorted(uses, key=lambda use: use.last_at, reverse=True)[:MOST_KEYS]


def cursor(line: Line) -> str:
    """Return the position of a line, from which ``find`` continues."""
    return f"{(line.time - _EPOCH) // timedelta(milliseconds=1)}-{line.id.removeprefix('aud_')}"


def _position(cursor: str) -> tuple[datetime, ObjectId]:
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise ValueError("not a cursor of the audit")
    return _EPOCH + timedelta(milliseconds=int(match[1])), ObjectId(match[2])


def _row(actor: Actor) -> Document:
    row: Document = {"kind": str(actor.kind)}
    if actor.key is not None:
        row["key"] = actor.key
    if actor.label is not None:
        row["label"] = actor.label
    if actor.user is not None:
        row["user"] = actor.user
    return row


def _read(row: Document) -> Line:
    actor = row["actor"]
    return Line(
        id=f"aud_{row['_id']}",
        time=row["time"],
        tenant=row["tenant"],
        actor=Actor(
            ActorKind(actor["kind"]), actor.get("key"), actor.get("label"), actor.get("user")
        ),
        action=row["action"],
        outcome=row["outcome"],
        request=row["request"],
        user=row["user"],
        connector=row["connector"],
        connection=row["connection"],
        subject=row.get("subject"),
        owner=row.get("owner"),
        details=row.get("details"),
    )
