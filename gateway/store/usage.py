"""Usage events: the collection ``usage``, one row for each attempt to call a provider.

A row says who called what, how it ended, how much went over the wire and what it cost. It holds no
header, no body, no query, and of the path only its template. MongoDB removes it at ``expires_at``,
where it has one (a TTL index).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bson import ObjectId

from gateway.store.mongo import Database, Document


class Result(StrEnum):
    """How an attempt ended; docs/usage.md explains each in a sentence."""

    ANSWERED = "answered"
    REFUSED_BY_RULE = "refused_by_rule"
    REFUSED = "refused"
    ABORTED = "aborted"
    CANCELLED = "cancelled"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    LOST = "lost"


SENT = frozenset({Result.ANSWERED, Result.ABORTED, Result.CANCELLED, Result.TIMEOUT, Result.LOST})
"""The results after which the provider may have done what it was asked, and bill it."""


NANO = 1_000_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """What a call costs, in billionths of ``currency``. ``version`` is that of the price list.

    ``confirmed`` says that the provider's own page has this price.
    """

    nanos: int
    currency: str
    version: str
    confirmed: bool = True

    @property
    def amount(self) -> str:
        """The amount as decimal text in the currency's unit."""
        return decimal_text(self.nanos)


def decimal_text(nanos: int) -> str:
    """Return billionths as decimal text: ``0.0025``."""
    whole, rest = divmod(nanos, NANO)
    return f"{whole}.{rest:09d}".rstrip("0").rstrip(".")


@dataclass(frozen=True, kw_only=True, slots=True)
class Charge:
    """What a call took from a budget, in the budget's unit."""

    counter: str
    rule: str
    amount: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One attempt. ``sent`` and ``received`` are bytes of bodies, times are in milliseconds.

    ``operation`` is the method and the path's template; ``tool`` is the gateway's tool that called,
    if one did. ``error`` is a code of the gateway's own. ``rule`` refused the call; the
    ``observed`` ones would have.
    """

    id: str
    time: datetime
    tenant: str
    user: str
    owner: str
    key: str
    connector: str
    connection: str | None
    operation: str
    host: str
    request: str
    result: Result
    status: int | None = None
    error: str | None = None
    sent: int = 0
    received: int = 0
    gateway_ms: float = 0.0
    provider_ms: float = 0.0
    price: Price | None = None
    charges: tuple[Charge, ...] = ()
    rule: str | None = None
    observed: tuple[str, ...] = ()
    tool: str | None = None


class By(StrEnum):
    """What sums are made by."""

    DAY = "day"
    CONNECTOR = "connector"
    USER = "user"
    KEY = "key"
    OPERATION = "operation"
    TOOL = "tool"


_VALUES: dict[By, object] = {
    By.DAY: {"$dateToString": {"format": "%Y-%m-%d", "date": "$time"}},
    By.CONNECTOR: "$connector",
    By.USER: "$user",
    By.KEY: "$key",
    By.OPERATION: "$operation",
    # Calls of the proxy have none.
    By.TOOL: {"$ifNull": ["$tool", ""]},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A filter: all set fields must match. ``since`` is inclusive, ``until`` exclusive."""

    user: str | None = None
    key: str | None = None
    connector: str | None = None
    connection: str | None = None
    operation: str | None = None
    tool: str | None = None
    result: Result | None = None
    since: datetime | None = None
    until: datetime | None = None

    def query(self) -> Document:
        """Return the conditions on a row, without the tenant."""
        names = ("user", "key", "connector", "connection", "operation", "tool", "result")
        query: Document = {
            name: str(value) for name in names if (value := getattr(self, name)) is not None
        }
        limits = {"$gte": self.since, "$lt": self.until}
        if time := {name: value for name, value in limits.items() if value is not None}:
            query["time"] = time
        return query


@dataclass(kw_only=True, slots=True)
class Sum:
    """The sums of some events. ``of`` has the values that they share.

    ``unknown_prices`` and ``unconfirmed_prices`` are calls; ``cost`` maps currencies to billionths.
    Times are in milliseconds, of the ``sent_calls`` together.
    """

    of: dict[str, str]
    calls: int = 0
    sent_calls: int = 0
    answered: int = 0
    refused: int = 0
    unknown_prices: int = 0
    unconfirmed_prices: int = 0
    sent: int = 0
    received: int = 0
    gateway_ms: float = 0.0
    provider_ms: float = 0.0
    cost: dict[str, int] = field(default_factory=dict)


class UsageStore:
    """Adds events and finds them. Every search takes the caller's tenant (rule 6)."""

    def __init__(self, database: Database, keep: timedelta | None = None) -> None:
        """``keep`` is how long an event is kept; ``None`` keeps it for ever."""
        self._rows = database.collection("usage")
        self.keep = keep

    def document(self, event: Event) -> Document:
        """Return an event as it is stored. Adding it twice is harmless: it has its id."""
        document: Document = {
            name: getattr(event, name) for name in Event.__dataclass_fields__ if name != "id"
        }
        document |= {
            "_id": row_id(event.id),
            "result": str(event.result),
            "price": None if event.price is None else asdict(event.price),
            "charges": [asdict(charge) for charge in event.charges],
            "observed": list(event.observed),
        }
        if self.keep is not None:
            document["expires_at"] = event.time + self.keep
        return document

    async def find(
        self, tenant: str, wanted: Wanted, *, limit: int, before: str | None = None
    ) -> list[Event]:
        """Return up to ``limit`` events, newest first, older than the event ``before``.

        Raises ``ValueError`` if ``before`` is not the id of an event.
        """
        query: Document = {"tenant": tenant} | wanted.query()
        if before is not None:
            last = await self._rows.find_one({"_id": _read_id(before), "tenant": tenant})
            if last is None:
                raise ValueError("there is no such event")
            time, row = last["time"], last["_id"]
            query["$or"] = [{"time": {"$lt": time}}, {"time": time, "_id": {"$lt": row}}]
        rows = await self._rows.find(query, sort=[("time", -1), ("_id", -1)], limit=limit)
        return [_read(row) for row in rows]

    async def sums(self, tenant: str, wanted: Wanted, by: Sequence[By], *, limit: int) -> list[Sum]:
        """Return the sums of the events for each value of ``by``, the most calls first."""
        sent = {"$in": ["$result", [str(result) for result in SENT]]}
        unpriced: Document = {"$and": [sent, {"$eq": ["$price", None]}]}
        doubtful = {"$eq": ["$price.confirmed", False]}
        rows = await self._rows.aggregate(
            [
                {"$match": {"tenant": tenant} | wanted.query()},
                {
                    "$group": {
                        "_id": {str(one): _VALUES[one] for one in by}
                        | {"currency": "$price.currency"},
                        "calls": {"$sum": 1},
                        "sent_calls": _count(sent),
                        "answered": _count({"$eq": ["$result", str(Result.ANSWERED)]}),
                        "refused": _count({"$eq": ["$result", str(Result.REFUSED_BY_RULE)]}),
                        "unknown_prices": _count(unpriced),
                        "unconfirmed_prices": _count(doubtful),
                        "sent": {"$sum": "$sent"},
                        "received": {"$sum": "$received"},
                        "gateway_ms": {"$sum": "$gateway_ms"},
                        "provider_ms": {"$sum": "$provider_ms"},
                        "nanos": {"$sum": {"$toLong": {"$ifNull": ["$price.nanos", 0]}}},
                    }
                },
                {"$sort": {"calls": -1, "_id": 1}},
                {"$limit": limit * 4},
            ]
        )
        return _merged(rows)[:limit]

    async def add(self, documents: Sequence[Document]) -> None:
        """Add the results of ``document`` (at least one); those that exist already are skipped."""
        await self._rows.insert_missing(documents)


def new_id() -> str:
    """Return the id of a new event."""
    return str(ObjectId())


def _count(condition: Document) -> Document:
    return {"$sum": {"$cond": [condition, 1, 0]}}


def _merged(rows: Sequence[Document]) -> list[Sum]:
    """Add up rows that differ in their currency alone."""
    found: dict[tuple[tuple[str, str], ...], Sum] = {}
    for row in rows:
        of: dict[str, str] = {
            name: value for name, value in row["_id"].items() if name != "currency"
        }
        total = found.setdefault(tuple(of.items()), Sum(of=of))
        for name in Sum.__dataclass_fields__.keys() - {"of", "cost"}:
            setattr(total, name, getattr(total, name) + row[name])
        if currency := row["_id"].get("currency"):
            total.cost[currency] = total.cost.get(currency, 0) + int(row["nanos"])
    return sorted(found.values(), key=lambda one: (-one.calls, tuple(one.of.values())))


def _read(row: Document) -> Event:
    names = Event.__dataclass_fields__.keys() & row.keys()
    return Event(
        **{name: row[name] for name in names}
        | {
            "id": str(row["_id"]),
            "result": Result(row["result"]),
            "price": row["price"] and Price(**row["price"]),
            "charges": tuple(Charge(**one) for one in row.get("charges", ())),
            "observed": tuple(row["observed"]),
        }
    )


def _read_id(text: str) -> ObjectId:
    if not ObjectId.is_valid(text):
        raise ValueError("not the id of an event")
    return ObjectId(text)


def row_id(event: str) -> ObjectId:
    """Return the ``_id`` of an event's row."""
    return ObjectId(event)
