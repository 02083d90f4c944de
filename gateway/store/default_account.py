"""The default account of a user and connector: used when a caller names no account.

A unique index guarantees that at most one row is marked. Without a mark, readers take the oldest
row. The mark moves in one transaction: between two single writes, a reader would find no mark and
hand out the token of an account that is neither the old choice nor the new one.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gateway.errors import ConnectionNotFound, WriteConflict
from gateway.store.fresh.gathering import Gathering
from gateway.store.mongo import Collection, Document

_Place = tuple[str, str, str]
"""Tenant, owner and connector."""

ORDER = [("connector", 1), ("is_default", -1), ("created_at", 1), ("_id", 1)]
"""By connector, each connector's default first, then by age."""


class Defaults:
    """Finds and moves the mark among the rows of ``connections``."""

    def __init__(self, rows: Collection) -> None:
        self._rows = rows
        self._marked: Gathering[_Place, Document] = Gathering(self._find_marked)

    async def find(self, tenant: str, owner: str, connector: str) -> Document | None:
        """Return the default row, if there is any.

        Nearly every token read needs it, so simultaneous reads share a query.
        """
        row = await self._marked.get((tenant, owner, connector))
        if row is None:
            mine = {"tenant": tenant, "owner": owner, "connector": connector}
            row = await self._rows.find_one(mine, sort=ORDER)
        return row

    async def _find_marked(self, places: Sequence[_Place]) -> Mapping[_Place, Document]:
        if len(places) == 1:  # find_one takes two thirds of the time of find
            (tenant, owner, connector) = places[0]
            mine = {"tenant": tenant, "owner": owner, "connector": connector, "is_default": True}
            row = await self._rows.find_one(mine)
            return {} if row is None else {places[0]: row}
        owners: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for tenant, owner, connector in places:
            owners[tenant, connector].append(owner)
        found = await asyncio.gather(
            *(
                self._rows.find(
                    # At most one row for each owner, by the unique index that finds them.
                    {
                        "tenant": tenant,
                        "connector": connector,
                        "owner": {"$in": theirs},
                        "is_default": True,
                    },
                    limit=len(theirs),
                    index="one_default",
                )
                for (tenant, connector), theirs in owners.items()
            )
        )
        return {
            (row["tenant"], row["owner"], row["connector"]): row for rows in found for row in rows
        }

    async def choose(self, row: Document, now: datetime) -> None:
        """Mark ``row`` (its id, tenant, owner and connector) and unmark any other one.

        If the row is gone, the mark stays.
        """
        others = _siblings(row) | {"_id": {"$ne": row["_id"]}, "is_default": True}
        this = {"_id": row["_id"], "tenant": row["tenant"]}

        async def move(both: Any) -> None:
            await self._rows.update_many(others, _mark(False, now), transaction=both)
            if not await self._rows.update_one(this, _mark(True, now), transaction=both):
                raise ConnectionNotFound

        with contextlib.suppress(ConnectionNotFound):
            await self._rows.transact(move)  # of two concurrent choices, the last one wins

    async def ensure(self, row: Document, now: datetime) -> None:
        """Mark the oldest sibling of ``row`` if none is marked; ``row`` itself may be gone."""
        while True:
            first = await self._rows.find_one(_siblings(row), sort=ORDER)
            if first is None or first["is_default"]:
                return
            this = {"_id": first["_id"], "tenant": first["tenant"]}
            try:
                await self._rows.update_one(this, _mark(True, now))
            except WriteConflict:
                return  # a concurrent choice stands


def _siblings(row: Document) -> Document:
    return {name: row[name] for name in ("tenant", "owner", "connector")}


def _mark(value: bool, now: datetime) -> Document:
    return {"$set": {"is_default": value, "updated_at": now}}
