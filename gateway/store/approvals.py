"""Approvals: the collection ``approvals``, one row for each call that a person is asked about.

A row is bound to its call by ``binding``, a SHA-256. It waits, is decided once, and is used once:
each step is one atomic update that names the state before. The request itself is sealed, for it
holds what people write.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from gateway.store.events import EventType, keep, new_event
from gateway.store.mongo import Database, Document

KEPT = timedelta(days=7)
"""How long a row can be looked at after it was made."""


class State(StrEnum):
    """``void``: what it was asked for has changed. ``used``: the request was sent, or may be."""

    WAITING = "waiting"
    APPROVED = "approved"
    DENIED = "denied"
    EXPIRED = "expired"
    USED = "used"
    VOID = "void"


Decided = Literal[State.APPROVED, State.DENIED]


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredApproval:
    """An approval as stored. ``request`` is sealed; ``facts`` is what can change meanwhile.

    It can be decided until ``decide_by``, and then be used until ``use_by``.
    """

    id: str
    tenant: str
    user: str
    key_id: str
    tool: str
    connector: str
    connection: str
    owner: str
    account_label: str
    binding: str
    facts: Mapping[str, Any]
    state: State
    created_at: datetime
    decide_by: datetime
    request: bytes = field(repr=False)
    encryption_key: str
    use_by: datetime | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    used_at: datetime | None = None
    reason: str | None = None

    def state_at(self, now: datetime) -> State:
        """Return the state, ``expired`` if its time is over."""
        until = {State.WAITING: self.decide_by, State.APPROVED: self.use_by}.get(self.state)
        return State.EXPIRED if until is not None and until <= now else self.state


class ApprovalStore:
    """The approvals. Every method takes the caller's tenant; foreign rows look missing."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection("approvals")
        self._events = database.collection("events")

    async def add(self, approval: StoredApproval) -> bool:
        """Store a waiting approval with its event; return False if its call waits already."""
        await self._rows.update_many(
            {
                "tenant": approval.tenant,
                "binding": approval.binding,
                "state": str(State.WAITING),
                "decide_by": {"$lte": approval.created_at},
            },
            {"$set": {"state": str(State.EXPIRED)}},
        )
        event = _event(EventType.APPROVAL_WAITING, approval, State.WAITING, approval.created_at)
        waiting = {
            "tenant": approval.tenant,
            "binding": approval.binding,
            "state": str(State.WAITING),
        }
        fields = {name: value for name, value in _document(approval).items() if name not in waiting}

        async def work(both: Any) -> bool:
            if await self._rows.update_one(
                waiting, {"$setOnInsert": fields}, upsert=True, transaction=both
            ):
                return False
            await keep(self._events, event, transaction=both)
            return True

        return await self._rows.transact(work)

    async def get(self, tenant: str, approval_id: str) -> StoredApproval | None:
        """Return an approval."""
        row = await self._rows.find_one({"_id": approval_id, "tenant": tenant})
        return None if row is None else _read(row)

    async def of_call(self, tenant: str, binding: str, now: datetime) -> list[StoredApproval]:
        """Return the approvals of a call that can still be decided or used, or were denied."""
        query = {
            "tenant": tenant,
            "binding": binding,
            "state": {"$in": [str(State.WAITING), str(State.APPROVED), str(State.DENIED)]},
            "expires_at": {"$gt": now},
        }
        rows = await self._rows.find(query, sort=[("created_at", -1)], limit=20)
        return [_read(row) for row in rows]

    async def find(
        self, tenant: str, *, user: str | None, state: State | None, limit: int
    ) -> list[StoredApproval]:
        """Return the newest approvals, by stored state."""
        query: Document = {"tenant": tenant}
        if user is not None:
            query["user"] = user
        if state is not None:
            query["state"] = str(state)
        rows = await self._rows.find(query, sort=[("created_at", -1)], limit=limit)
        return [_read(row) for row in rows]

    async def count_waiting(self, tenant: str, user: str, now: datetime) -> int:
        """Count the approvals of a user that can still be decided."""
        return await self._rows.count(
            {"tenant": tenant, "user": user, "state": str(State.WAITING), "decide_by": {"$gt": now}}
        )

    async def decide(
        self, approval: StoredApproval, state: Decided, *, by: str, now: datetime, use_by: datetime
    ) -> bool:
        """Store the decision, with its event; return whether the approval still waited."""
        query = {
            "_id": approval.id,
            "tenant": approval.tenant,
            "state": str(State.WAITING),
            "decide_by": {"$gt": now},
        }
        change = {"state": str(state), "decided_by": by, "decided_at": now, "use_by": use_by}
        event = _event(EventType.APPROVAL_DECIDED, approval, state, now)

        async def work(both: Any) -> bool:
            if not await self._rows.update_one(query, {"$set": change}, transaction=both):
                return False
            await keep(self._events, event, transaction=both)
            return True

        return await self._rows.transact(work)

    async def consume(self, approval: StoredApproval, binding: str, now: datetime) -> bool:
        """Use the approval for the call of ``binding``; return whether it was there to be used.

        Of all callers in all processes, one gets True. It sends the request then, or dies: nobody
        sends it again.
        """
        return await self._rows.update_one(
            {
                "_id": approval.id,
                "tenant": approval.tenant,
                "binding": binding,
                "state": str(State.APPROVED),
                "use_by": {"$gt": now},
            },
            {"$set": {"state": str(State.USED), "used_at": now}},
        )

    async def end(
        self, approval: StoredApproval, state: Literal[State.EXPIRED, State.VOID], reason: str
    ) -> bool:
        """End an approval that was not used; return whether it was there to be ended."""
        return await self._rows.update_one(
            {
                "_id": approval.id,
                "tenant": approval.tenant,
                "state": {"$in": [str(State.WAITING), str(State.APPROVED)]},
            },
            {"$set": {"state": str(state), "reason": reason}},
        )


def _event(kind: EventType, approval: StoredApproval, state: State, now: datetime) -> Document:
    return new_event(
        kind,
        now,
        tenant=approval.tenant,
        # The order of an approval's events is its own, and no connection's.
        connection=approval.connection,
        generation=0,
        connector=approval.connector,
        owner=approval.owner,
        status=str(state),
        approval=approval.id,
        asked=approval.user,
    )


_PLAIN = (
    "tenant",
    "user",
    "key_id",
    "tool",
    "connector",
    "connection",
    "owner",
    "account_label",
    "binding",
    "created_at",
    "decide_by",
    "use_by",
    "decided_by",
    "decided_at",
    "used_at",
    "reason",
)


def _document(approval: StoredApproval) -> Document:
    return {name: getattr(approval, name) for name in _PLAIN} | {
        "_id": approval.id,
        "facts": dict(approval.facts),
        "state": str(approval.state),
        "request": {"sealed": approval.request, "key": approval.encryption_key},
        "expires_at": approval.created_at + KEPT,
    }


def _read(row: Document) -> StoredApproval:
    return StoredApproval(
        **{name: row[name] for name in _PLAIN},
        id=row["_id"],
        facts=row["facts"],
        state=State(row["state"]),
        request=row["request"]["sealed"],
        encryption_key=row["request"]["key"],
    )
