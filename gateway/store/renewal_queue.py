"""Connections that are due for renewal although no caller asks for their token now.

These queries have no tenant because no caller sees their results: they are renewed, never shown.
Each is answered in pages, from an index of the rows with a refresh token: a million rows that are
not due cost nothing.
"""

from __future__ import annotations

import math
from datetime import datetime
from enum import StrEnum

from gateway.store.connection import NOT_CHECKED, SCHEMA, Connection, Method, Status, read_row
from gateway.store.indexes import RENEWABLE
from gateway.store.mongo import Database, Document
from gateway.store.refresh_leases import FREE

_ALIVE = [str(Status.ACTIVE), str(Status.NEEDS_SCOPES)]


class Due(StrEnum):
    """The reason: the access token is about to expire, or the refresh token is long unused.

    The value is the row's field with the time that counts.
    """

    EXPIRING = "fresh_until"
    IDLE = "issued_at"

    @property
    def ordered_by(self) -> str:
        """The index to use. It is named because MongoDB may remember a worse plan."""
        return self.name.lower()

    def moment(self, connection: Connection) -> datetime | None:
        """Return the time that counts for this connection."""
        moment: datetime | None = getattr(connection.tokens, self.value)
        return moment


class RenewalQueue:
    """Finds connections of all tenants that are due for renewal."""

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
        """Return up to ``limit`` connections that are due by ``before``, the most urgent first.

        Left out are connections that need their user, that cool down or that are being refreshed.
        A connection whose last refresh has no recorded answer is left out too, until its access
        token expires, unless its refresh token may be sent again, for ``repeatable_seconds``
        (``inf``: always). ``after`` is the last connection of the previous page.
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

    async def unchecked(
        self, connector: str, limit: int, *, after: Connection | None = None
    ) -> list[Connection]:
        """Return up to ``limit`` API keys that could not be checked yet, in the order of ids."""
        query: Document = {
            "connector": connector,
            "status_reason": NOT_CHECKED,
            "method": str(Method.API_KEY),
            "status": {"$in": _ALIVE},
            "$expr": FREE,
            "schema": {"$lte": SCHEMA},
        }
        if after is not None:
            query["_id"] = {"$gt": after.id}
        rows = await self._rows.find(query, sort=[("_id", 1)], limit=limit, index="unchecked")
        return [found for row in rows if (found := read_row(row)) is not None]

    async def needs_reauth(self, connector: str) -> int:
        """Count the connector's connections that only their user can repair (needs_reauth)."""
        return await self._rows.count(
            {"connector": connector, "status": str(Status.NEEDS_REAUTH), **RENEWABLE}
        )


def _settled(now: datetime, repeatable_seconds: float) -> list[Document]:
    """Match rows that no unanswered request blocks. Ages are by the database's clock (D8)."""
    youngest: Document = {"$subtract": ["$$NOW", int(repeatable_seconds * 1000)]}
    return [
        {"refresh.marker": None},
        {"expires_at": {"$lte": now}},
        {
            "$expr": {
                "$and": [
                    {"$gt": ["$refresh.marker.sent_at", youngest]},
                    {"$lte": ["$refresh.marker.sent_at", "$$NOW"]},
                ]
            }
        },
    ]
