"""Rate limits: the collection ``limits``, one bucket for each subject of each limit.

All processes share the buckets. A bucket is the number of permits that were spent as of a moment;
they come back evenly. Each decision is one atomic update, so two processes cannot give away the
same permit. The row id is a hash and does not reveal the subject. The row of a full bucket expires.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from gateway.digest import sha256_hex
from gateway.errors import WriteConflict
from gateway.store.mongo import Database, Document

_TOLERANCE = 1e-6
"""Of a permit: the rounding error of added fractions."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The ``permits`` given, maybe fewer than requested; if 0, wait ``wait`` seconds."""

    permits: int
    wait: float


class LimitStore:
    """The buckets."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection("limits")

    async def take(
        self, name: str, subject: str, *, permits: int, most: int, seconds: int, now: datetime
    ) -> Taken:
        """Take up to ``permits`` from the bucket of ``subject``; a refusal costs none.

        The bucket of limit ``name`` holds ``most`` permits and refills in ``seconds``.
        """
        query = {"_id": _id(name, subject)}
        update = _taking(name, permits, most, seconds, now)
        try:
            row = await self._rows.find_one_and_update(query, update, after=True, upsert=True)
        except WriteConflict:  # a concurrent call has inserted the row
            row = await self._rows.find_one_and_update(query, update, after=True, upsert=True)
        row = cast(Document, row)  # an upsert always returns one
        if row["given"] > 0:
            return Taken(int(row["given"]), 0.0)
        return Taken(0, (row["spent"] + 1 - most) * seconds / most)

    async def take_of_window(
        self, name: str, subject: str, *, permits: int, most: int, until: datetime, now: datetime
    ) -> Taken:
        """Take up to ``permits`` of the ``most`` that a window has, which ends at ``until``."""
        query = {"_id": _id(name, subject)}
        spent: Any = {"$ifNull": ["$spent", 0]}
        update: list[Document] = [
            {"$set": {"limit": name, "spent": spent, "expires_at": until}},
            {
                "$set": {
                    "given": {"$max": [0, {"$min": [permits, {"$subtract": [most, "$spent"]}]}]}
                }
            },
            {"$set": {"spent": {"$add": ["$spent", "$given"]}}},
        ]
        try:
            row = await self._rows.find_one_and_update(query, update, after=True, upsert=True)
        except WriteConflict:  # a concurrent call has inserted the row
            row = await self._rows.find_one_and_update(query, update, after=True, upsert=True)
        given = int(cast(Document, row)["given"])
        return Taken(given, 0.0 if given else (until - now).total_seconds())

    async def spent(self, name: str, subject: str) -> tuple[float, datetime | None]:
        """Return what was spent of a bucket or window, and as of when for a bucket."""
        row = await self._rows.find_one({"_id": _id(name, subject)})
        return (0.0, None) if row is None else (row["spent"], row.get("at"))


def _id(name: str, subject: str) -> str:
    return sha256_hex(f"{name}\0{subject}")


def _taking(name: str, permits: int, most: int, seconds: int, now: datetime) -> list[Document]:
    milliseconds = seconds * 1000
    # Time that was counted already is not counted again for a process whose clock is behind.
    passed: Any = {"$max": [0, {"$subtract": [now, {"$ifNull": ["$at", now]}]}]}
    back: Any = {"$divide": [{"$multiply": [passed, most]}, milliseconds]}
    left: Any = {"$floor": {"$add": [{"$subtract": [most, "$spent"]}, _TOLERANCE]}}
    return [
        {
            "$set": {
                "limit": name,
                "spent": {"$max": [0, {"$subtract": [{"$ifNull": ["$spent", 0]}, back]}]},
                "at": {"$max": ["$at", now]},
            }
        },
        {"$set": {"given": {"$max": [0, {"$min": [permits, left]}]}}},
        {"$set": {"spent": {"$add": ["$spent", "$given"]}}},
        {
            "$set": {
                "expires_at": {
                    "$add": [
                        "$at",
                        {"$ceil": {"$divide": [{"$multiply": ["$spent", milliseconds]}, most]}},
                    ]
                }
            }
        },
    ]
