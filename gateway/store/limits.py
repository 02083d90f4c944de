"""Limits: the collection ``limits``. One bucket for each subject of each limit, shared by every process.

A bucket is a number of permits that are spent, as of a moment; they come back evenly. Each decision is
one atomic update, so that processes cannot give the same permit away twice. A row says nothing about
whose it is: its id is a hash. Once a bucket is full again, its row is worth nothing and is removed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from gateway.digest import sha256_hex
from gateway.errors import WriteConflict
from gateway.store.mongo import Database, Document

_TOLERANCE = 1e-6
"""Of a permit: what fractions lose by being added up."""


@dataclass(frozen=True, slots=True)
class Taken:
    """``permits`` were given, maybe fewer than asked for; at 0, there is one again in ``wait`` seconds."""

    permits: int
    wait: float


class LimitStore:
    """The buckets."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection("limits")

    async def take(
        self, name: str, subject: str, *, permits: int, most: int, seconds: int, now: datetime
    ) -> Taken:
        """Take up to ``permits`` of the bucket of ``subject``; being refused costs none.

        The bucket of limit ``name`` holds ``most``, and fills again in ``seconds``.
        """
        query = {"_id": _id(name, subject)}
        update = _taking(name, permits, most, seconds, now)
        try:
            row = await self._rows.find_one_and_update(query, update, after=True, upsert=True)
        except WriteConflict:  # two made the row at once, and now it is there
            row = await self._rows.find_one_and_update(query, update, after=True, upsert=True)
        row = cast(Document, row)  # an upsert always has one
        if row["given"] > 0:
            return Taken(int(row["given"]), 0.0)
        return Taken(0, (row["spent"] + 1 - most) * seconds / most)


def _id(name: str, subject: str) -> str:
    return sha256_hex(f"{name}\0{subject}")


def _taking(name: str, permits: int, most: int, seconds: int, now: datetime) -> list[Document]:
    milliseconds = seconds * 1000
    # A process whose clock is behind the row's gets nothing back for time that was counted already.
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
