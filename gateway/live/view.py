"""What a stream shows: an owner's connections with their states, and the calls that wait.

Two views of different times give the events between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.access.bounds import Bounds
from gateway.clock import rfc3339
from gateway.errors import ApprovalUnknown
from gateway.services.connections import ConnectionService
from gateway.services.states import States
from gateway.store.approvals import State
from gateway.store.fresh.notices import Tag, approvals_tag, row_tag
from gateway.store.owners import ORG, kind_of, owner_of
from gateway.tools.approvals import MOST_WAITING, Approvals

_Shown = Mapping[str, Mapping[str, Any]]
"""What is shown of each row, by its id."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """A server-sent event; ``data`` becomes JSON."""

    name: str
    data: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """What is shown at a moment: names, ids and states, and nothing of a request or a token."""

    connections: _Shown
    approvals: _Shown

    def as_event(self, name: str) -> Event:
        """Return the whole view as an event."""
        return Event(
            name=name,
            data={
                "connections": [*self.connections.values()],
                "approvals": [*self.approvals.values()],
            },
        )

    @property
    def tags(self) -> frozenset[Tag]:
        """The tags of the rows that are shown."""
        return frozenset(
            {row_tag("connections", each) for each in self.connections}
            | {row_tag("approvals", each) for each in self.approvals}
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Views:
    """Reads views."""

    connections: ConnectionService
    states: States
    approvals: Approvals

    async def read(self, scope: Scope) -> View:
        """Return what the scope shows now."""
        bounds = scope.bounds
        connections: dict[str, Mapping[str, Any]] = {}
        for user in scope.users:
            for row in await self.connections.list_for(bounds.tenant, user):
                if not bounds.covers(row):
                    continue
                state = await self.states.of(row)
                connections[row.id] = {
                    "id": row.id,
                    "connector": row.connector,
                    "owner": kind_of(row.owner),
                    "account_label": row.account_label,
                    "is_default": row.is_default,
                    "status": str(state.status),
                    "status_reason": state.reason,
                    "action": None if state.action is None else str(state.action),
                }
        return View(connections=connections, approvals=await self._waiting(scope))

    async def changes(self, scope: Scope, old: View, new: View) -> list[Event]:
        """Return the events that lead from one view to the other."""
        events = [
            *_connection_changes(old.connections, new.connections),
            *(
                Event(name="approval.waiting", data=shown)
                for each, shown in new.approvals.items()
                if each not in old.approvals
            ),
        ]
        for each, shown in old.approvals.items():
            if each not in new.approvals:
                state = await self._state(scope, each)
                decided = state in {State.APPROVED, State.DENIED, State.USED}
                name = "approval.decided" if decided else "approval.ended"
                events.append(Event(name=name, data={**shown, "state": str(state)}))
        return events

    async def _waiting(self, scope: Scope) -> _Shown:
        if not scope.has_approvals:
            return {}
        bounds = scope.bounds
        found = await self.approvals.find(
            bounds.tenant, user=scope.user, state=State.WAITING, limit=MOST_WAITING
        )
        return {
            each.stored.id: {
                "id": each.stored.id,
                "tool": each.stored.tool,
                "connector": each.stored.connector,
                "owner": kind_of(each.stored.owner),
                "account_label": each.stored.account_label,
                "decide_by": rfc3339(each.stored.decide_by),
            }
            for each in found
            if bounds.connectors is None or each.stored.connector in bounds.connectors
        }

    async def _state(self, scope: Scope, approval: str) -> State:
        try:
            return (await self.approvals.status(scope.bounds.tenant, approval)).state
        except ApprovalUnknown:  # its row is gone
            return State.EXPIRED


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """Whose rows a stream shows: a user's; with ``has_org`` the organisation's connections, too."""

    bounds: Bounds
    user: str
    has_org: bool
    has_approvals: bool

    @property
    def users(self) -> tuple[str | None, ...]:
        """The owners of the connections; ``None`` is the organisation."""
        return (self.user, None) if self.has_org else (self.user,)

    @property
    def tags(self) -> frozenset[Tag]:
        """The tags of rows that are new."""
        tenant = self.bounds.tenant
        owners = [ORG if user is None else owner_of(user) for user in self.users]
        return frozenset(
            {approvals_tag(tenant, self.user)} | {("accounts", tenant, owner) for owner in owners}
        )


def _connection_changes(old: _Shown, new: _Shown) -> Iterator[Event]:
    for each, shown in new.items():
        if each not in old:
            yield Event(name="connection.added", data=shown)
        elif shown != old[each]:
            yield Event(name="connection.changed", data=shown)
    for each, shown in old.items():
        if each not in new:
            yield Event(name="connection.removed", data=shown)
