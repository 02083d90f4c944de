"""Budgets: the collection ``budgets``, one counter for each period and subject of a rule.

A counter has what is ``spent``, in ``open`` what is reserved for calls under way, and in ``outbox``
the events of calls that it was charged for and that are not copied to ``usage`` yet. Each step is
one atomic update of one row: a call first reserves what it needs, if it fits; later its reservation
becomes its charge, in the same write as its event. So spent and reserved amounts together are never
more than the budget, and ``spent`` is at any time the sum of the charges in stored and waiting
events, whatever dies in between. What a killed process reserved is charged whole.

There is no transaction: that of a killed process would hold the counter for a minute.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from gateway.errors import StoreUnavailable, WriteConflict
from gateway.store.mongo import Database, Document

KEPT = timedelta(days=7)
"""How long a counter stays after its period."""
_ATTEMPTS = 5
_AT_ONCE = 20
"""The counters that one process changes at the same time."""
_SWEPT = 100
"""The most counters that one round looks at."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Counter:
    """A counter: ``rule`` counts ``subject`` in the period from ``since`` to ``until``.

    ``kind`` says what the rule counted when it began.
    """

    id: str
    tenant: str
    rule: str
    kind: str
    subject: Mapping[str, str]
    since: datetime
    until: datetime
    most: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Balance:
    """What a counter holds."""

    id: str
    rule: str
    subject: Mapping[str, str]
    since: datetime
    until: datetime
    spent: int
    reserved: int


class BudgetStore:
    """The counters."""

    def __init__(self, database: Database) -> None:
        self._rows = database.collection("budgets")
        self._events = database.collection("usage")

    async def reserve(
        self, counter: Counter, event: Document, amount: int, *, now: datetime, partly: bool = False
    ) -> tuple[int, int]:
        """Reserve ``amount`` for a call; return it, and what is spent.

        It is 0 if the budget has less left. ``event`` is what is known of the call, with its
        ``_id``. ``partly`` takes what is left. Repeating a reservation changes nothing.
        """
        row = await self._update(counter, _reserving(counter, event, amount, now, partly))
        found = [one["amount"] for one in row["open"] if one["event"]["_id"] == event["_id"]]
        return int(found[0]) if found else 0, int(row["spent"])

    async def extend(self, counter: Counter, event: ObjectId, amount: int) -> int:
        """Add up to ``amount`` to a reservation; return its new amount, 0 if there is none."""
        left: Any = {"$max": [0, {"$subtract": [counter.most, _USED]}]}
        more = {"amount": {"$add": ["$$one.amount", {"$min": [amount, left]}]}}
        mine: Any = {"$eq": ["$$one.event._id", event]}
        row = await self._rows.find_one_and_update(
            _one(counter.tenant, counter.id) | {"open.event._id": event},
            [
                {
                    "$set": {
                        "open": {
                            "$map": {
                                "input": "$open",
                                "as": "one",
                                "in": {
                                    "$cond": [mine, {"$mergeObjects": ["$$one", more]}, "$$one"]
                                },
                            }
                        }
                    }
                }
            ],
            after=True,
        )
        open_now = [] if row is None else row["open"]
        return sum(int(one["amount"]) for one in open_now if one["event"]["_id"] == event)

    async def settle(self, events: Sequence[Document]) -> None:
        """Store events (at least one), and turn their reservations into their ``charges``.

        Repeating it changes nothing.
        """
        charged: defaultdict[tuple[str, str], list[Document]] = defaultdict(list)
        for event in events:
            for charge in event["charges"]:
                charged[event["tenant"], charge["counter"]].append(_item(event, charge))
        counters = sorted(charged.items())
        for start in range(0, len(counters), _AT_ONCE):
            done = await asyncio.gather(
                *(self._charge(*key, items) for key, items in counters[start : start + _AT_ONCE]),
                return_exceptions=True,
            )
            for failed in filter(None, done):
                raise failed
        # Those without a reservation, too: it may have been refused, or given up.
        await self._store([_storing(event) for event in events])

    async def settle_lost(self, reserved: datetime, charged: datetime) -> int:
        """Finish the work of processes that died; return how many reservations it was.

        Reservations from before ``reserved`` are charged whole, and events that have waited since
        before ``charged`` are stored.
        """
        late = {"$or": [{"open.at": {"$lt": reserved}}, {"outbox.at": {"$lt": charged}}]}
        found = 0
        for row in await self._rows.find(late, limit=_SWEPT):
            lost = [one for one in row["open"] if one["at"] < reserved]
            items = [
                _item(
                    one["event"],
                    {"counter": row["_id"], "rule": row["rule"], "amount": one["amount"]},
                )
                for one in lost
            ]
            await self._charge(row["tenant"], row["_id"], items)
            found += len(lost)
        return found

    async def _charge(self, tenant: str, counter: str, items: Sequence[Document]) -> None:
        row = await self._rows.find_one_and_update(
            _one(tenant, counter), _charging(items), after=True
        )
        if row is None or not (waiting := row["outbox"]):
            return
        await self._store([_storing(item["event"], item["charge"]) for item in waiting])
        stored = {"event._id": {"$in": [item["event"]["_id"] for item in waiting]}}
        await self._rows.update_one(_one(tenant, counter), {"$pull": {"outbox": stored}})

    async def _store(self, updates: Sequence[tuple[Document, Document]]) -> None:
        for _ in range(_ATTEMPTS):
            try:
                await self._events.update_each(updates, upsert=True)
            except WriteConflict:  # another process has inserted one of them
                continue
            return
        raise StoreUnavailable("other processes store the same events")

    async def balances(
        self, tenant: str, now: datetime, kinds: Sequence[str], *, limit: int
    ) -> list[Balance]:
        """Return the counters of these kinds in the periods of now, the fullest first."""
        rows = await self._rows.find(
            {"tenant": tenant, "kind": {"$in": list(kinds)}, "until": {"$gt": now}},
            sort=[("spent", -1), ("_id", 1)],
            limit=limit,
        )
        return [_balance(row) for row in rows]

    async def balance(self, tenant: str, counter: str) -> Balance | None:
        """Return one counter."""
        row = await self._rows.find_one(_one(tenant, counter))
        return None if row is None else _balance(row)

    async def _update(self, counter: Counter, update: list[Document]) -> Document:
        query = _one(counter.tenant, counter.id)
        try:
            row = await self._rows.find_one_and_update(query, update, after=True, upsert=True)
        except WriteConflict:  # a concurrent call has inserted the row
            row = await self._rows.find_one_and_update(query, update, after=True, upsert=True)
        assert row is not None  # noqa: S101 - an upsert always returns one
        return row


_USED: Any = {"$add": ["$spent", {"$sum": "$open.amount"}]}


def _one(tenant: str, counter: str) -> Document:
    return {"_id": counter, "tenant": tenant}


def _reserving(
    counter: Counter, event: Document, amount: int, now: datetime, partly: bool
) -> list[Document]:
    left: Any = {"$subtract": [counter.most, _USED]}
    given: Any = {"$max": [0, {"$min": [amount, left]}]} if partly else amount
    fits: Any = {"$gt": [left, 0]} if partly else {"$gte": [left, amount]}
    is_new: Any = {"$not": [{"$in": [event["_id"], "$open.event._id"]}]}
    # Names of users and rules may begin with "$": they are values, never expressions.
    mine = {"event": {"$literal": event}, "at": {"$literal": now}, "amount": given}
    return [
        {
            "$set": {
                "rule": {"$literal": counter.rule},
                "kind": counter.kind,
                "subject": {"$literal": dict(counter.subject)},
                "since": counter.since,
                "until": counter.until,
                "expires_at": counter.until + KEPT,
                "spent": {"$ifNull": ["$spent", 0]},
                "open": {"$ifNull": ["$open", []]},
                "outbox": {"$ifNull": ["$outbox", []]},
            }
        },
        {
            "$set": {
                "open": {
                    "$cond": [
                        {"$and": [is_new, fits]},
                        {"$concatArrays": ["$open", [mine]]},
                        "$open",
                    ]
                }
            }
        },
    ]


def _item(event: Document, charge: Document) -> Document:
    kept = {name: value for name, value in event.items() if name != "charges"}
    return {"event": kept, "charge": charge, "at": event["time"]}


def _charging(items: Sequence[Document]) -> list[Document]:
    """Return the update that moves these calls to the outbox, each if it is still open."""
    ids = [item["event"]["_id"] for item in items]
    taken = [
        {"$cond": [{"$in": [item["event"]["_id"], "$open.event._id"]}, [{"$literal": item}], []]}
        for item in items
    ]
    charged: Any = {"$concatArrays": taken} if taken else []
    is_other: Any = {"$not": [{"$in": ["$$one.event._id", ids]}]}
    return [
        {"$set": {"charged": charged}},
        {
            "$set": {
                "spent": {"$add": ["$spent", {"$sum": "$charged.charge.amount"}]},
                "outbox": {"$concatArrays": ["$outbox", "$charged"]},
                "open": {"$filter": {"input": "$open", "as": "one", "cond": is_other}},
            }
        },
        {"$unset": "charged"},
    ]


def _storing(event: Document, charge: Document | None = None) -> tuple[Document, Document]:
    """Return the query and the update that store an event, or add a charge to a stored one."""
    kept = {name: value for name, value in event.items() if name != "charges"}
    added = {} if charge is None else {"$addToSet": {"charges": charge}}
    return _one(event["tenant"], event["_id"]), {"$setOnInsert": kept} | added


def _balance(row: Document) -> Balance:
    return Balance(
        id=row["_id"],
        rule=row["rule"],
        subject=row["subject"],
        since=row["since"],
        until=row["until"],
        spent=row["spent"],
        reserved=sum(one["amount"] for one in row["open"]),
    )
