"""The audit: the collection ``audit``, one line for everything that was done, and never a second word.

Lines are added and read; nothing here changes one or takes one away. MongoDB itself removes a line
at its ``expires_at``, where it has one (a TTL index). A line names a connection by its id and holds
no token, no key, and no name of an account at a provider: it may outlive all three (security E6, J1).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from bson import ObjectId

from gateway.store.mongo import Database, Document

MOST_KEYS = 10
"""Keys that ``users_of`` names at most."""
_MOST_STEPS = 100
"""Keys that it looks at."""
_CURSOR = re.compile(r"([0-9]{1,14})-([0-9a-f]{24})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Action(StrEnum):
    """What was done; docs/audit.md says each in a sentence."""

    TOKEN_ISSUED = "token.issued"
    TOKEN_REFUSED = "token.refused"
    CONNECTION_CREATED = "connection.created"
    CONNECTION_RECONNECTED = "connection.reconnected"
    CONNECTION_REFUSED = "connection.refused"
    CONNECTION_DISCONNECTED = "connection.disconnected"
    CONNECTION_NEEDS_REAUTH = "connection.needs_reauth"
    CONNECTION_DEFAULT_CHANGED = "connection.default_changed"
    REFRESH_DONE = "refresh.done"
    REFRESH_FAILED = "refresh.failed"
    KEY_CREATED = "key.created"
    KEY_DELETED = "key.deleted"
    KEY_REFUSED = "key.refused"
    LOGIN_ACCEPTED = "login.accepted"
    LOGIN_SUCCEEDED = "login.succeeded"
    LOGIN_FAILED = "login.failed"
    LOGOUT = "logout"
    SESSIONS_ENDED = "sessions.ended"
    WEBHOOK_CREATED = "webhook.created"
    WEBHOOK_DELETED = "webhook.deleted"
    VAULT_OPEN_FAILED = "vault.open_failed"
    ENCRYPTION_ROTATED = "encryption.rotated"


class ActorKind(StrEnum):
    """Who can do something.

    A service key, a signed-in person, one who is signing in, the gateway's worker by itself, or
    somebody at a terminal (``python -m gateway``).
    """

    KEY = "key"
    SESSION = "session"
    LOGIN = "login"
    WORKER = "worker"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it. A key has an id and the label that it had then, a person is a ``user``."""

    kind: ActorKind
    key: str | None = None
    label: str | None = None
    user: str | None = None


class Line(NamedTuple):
    """One thing that was done. ``outcome`` is ``ok`` or what stood in the way.

    ``user`` is whose connection, session or login it was about; ``subject`` is the id of the key or
    webhook. A tuple, as thousands are made in a second.
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
    id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Use:
    """A key that was given a connection's tokens, and when it was last."""

    connection: str
    key: str
    label: str
    last_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which lines: all that are set must agree; ``since`` is part of the time, ``until`` is not."""

    user: str | None = None
    connector: str | None = None
    connection: str | None = None
    action: Action | None = None
    since: datetime | None = None
    until: datetime | None = None

    def query(self) -> Document:
        """The conditions on a row, besides its tenant."""
        named = {"user": self.user, "connector": self.connector, "connection": self.connection}
        query: Document = {name: value for name, value in named.items() if value is not None}
        if self.action is not None:
            query["action"] = str(self.action)
            if self.action not in FREQUENT:
                query["rare"] = True  # so that the index of the few is used
        limits = {"$gte": self.since, "$lt": self.until}
        if time := {name: value for name, value in limits.items() if value is not None}:
            query["time"] = time
        return query


FREQUENT = frozenset({Action.TOKEN_ISSUED, Action.TOKEN_REFUSED})
"""The actions of tools, which are nearly all lines there are."""


class AuditStore:
    """Adds lines and finds them. Every search takes the caller's tenant (rule 6)."""

    def __init__(self, database: Database, keep: timedelta | None = None) -> None:
        """Lines are kept for so long, or for ever."""
        self._rows = database.collection("audit")
        self._keep = keep

    def document(self, line: Line) -> Document:
        """A line as it is stored, with an id of its own: adding it a second time does nothing."""
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
        if line.action not in FREQUENT:
            document["rare"] = True
        if self._keep is not None:
            document["expires_at"] = line.time + self._keep
        return document

    async def add(self, documents: Sequence[Document]) -> None:
        """Add what ``document`` made (at least one), as far as it is not there yet."""
        await self._rows.insert_missing(documents)

    async def find(
        self, tenant: str, wanted: Wanted, *, limit: int, before: str | None = None
    ) -> list[Line]:
        """The newest lines of the tenant, newest first; those older than the line ``before`` names.

        Raises ``ValueError`` if ``before`` is no ``cursor``.
        """
        query: Document = {"tenant": tenant} | wanted.query()
        if before is not None:
            time, row = _position(before)
            query["$or"] = [{"time": {"$lt": time}}, {"time": time, "_id": {"$lt": row}}]
            # Said twice: this one bounds the walk through the index.
            query["time"] = {"$lte": time} | query.get("time", {})
        rows = await self._rows.find(query, sort=[("time", -1), ("_id", -1)], limit=limit)
        return [_read(row) for row in rows]

    async def users_of(self, tenant: str, connection: str, since: datetime) -> list[Use]:
        """The keys that got this connection's tokens since then, latest first."""
        uses: list[Use] = []
        last = ""
        # One step of the index for each key, however many lines each has.
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
    """Where a line is in its order, for ``find`` to go on after it."""
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
    )
