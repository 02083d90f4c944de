"""Which connections want to be renewed although nobody asks for their token right now.

What is looked for belongs to no caller, so these are the only queries without a tenant; what they
find is only ever renewed, never shown. Each is answered from an index that holds nothing but rows
with a refresh token, in pages: a million rows that are not due cost nothing.
"""

from __future__ import annotations

import math
from datetime import datetime
from enum import StrEnum

from gateway.store.connections import SCHEMA, Connection, Status, read_row
from gateway.store.indexes import RENEWABLE
from gateway.store.mongo import Database, Document
from gateway.store.refresh_leases import FREE

_ALIVE = [str(status) for status in Status if status is not Status.NEEDS_REAUTH]


class Due(StrEnum):
    """Why: the access token is about to be over, or the refresh token has not been used for long.

    The value is the field that says since when.
    """

    EXPIRING = "fresh_until"
    IDLE = "issued_at"

    @property
    def ordered_by(self) -> str:
        """The index in whose order these are found: a plan that MongoDB remembers from other times may not be it."""
        return self.name.lower()

    def moment(self, connection: Connection) -> datetime | None:
        """That time, of this connection."""
        moment: datetime | None = getattr(connection.tokens, self.value)
        return moment


class RenewalQueue:
    """Looks for connections, of any tenant, that are to be renewed."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection("connections")

    async def due(
        self,
        connector: str,
        why: Due,
        before: datetime,
        limit: int,
        *,
        now: datetime,
        repeatable_seconds: float = 0.0,
        after: Connection | None = None,
    ) -> list[Connection]:
        """At most ``limit`` connections that are due ``before`` (inclusive), the most urgent first.

        ``after`` is the last one of the page before. Left out are those that need their user, that
        cool down, or that somebody is refreshing; and those whose last refresh was never answered,
        for as long as their access token lives, unless the refresh token may still be sent again,
        ``repeatable_seconds`` after it was (``inf``: always).
        """
        query: Document = {
            "connector": connector,
            "status": {"$in": _ALIVE},
            why.value: {"$lte": before},
            "$expr": FREE,
            "schema": {"$lte": SCHEMA},
            **RENEWABLE,
        }
        choices: list[Document] = []
        if after is not None:
            moment = why.moment(after)
            query[why.value]["$gte"] = moment
            choices.append({"$or": [{why.value: {"$gt": moment}}, {"_id": {"$gt": after.id}}]})
        if not math.isinf(repeatable_seconds):
            choices.append({"$or": _settled(now, repeatable_seconds)})
        if choices:
            query["$and"] = choices
        order = [(why.value, 1), ("_id", 1)]
        rows = await self._rows.find(query, sort=order, limit=limit, index=why.ordered_by)
        return [found for row in rows if (found := read_row(row)) is not None]

    async def needing_people(self, connector: str) -> int:
        """How many connections of the connector nobody but their user can bring back."""
        return await self._rows.count(
            {"connector": connector, "status": str(Status.NEEDS_REAUTH), **RENEWABLE}
        )


def _settled(now: datetime, repeatable_seconds: float) -> list[Document]:
    """A row that no unanswered request stands in the way of. Ages are the database's (D8)."""
    youngest: Document = {"$subtract": ["$$NOW", int(repeatable_seconds * 1000)]}
    return [
        {"refresh.marker": None},
        {"expires_at": {"$lte": now}},
        {"$expr": {"$gt": ["$refresh.marker.sent_at", youngest]}},
    ]
