"""The process's change stream, instead of polling.

One change stream for the whole process reports changed connections, service keys and rules, of all
processes. It wakes callers that wait for a row and announces the change to the caches
(``gateway.store.fresh.notices``). Without a stream (no replica set, an election under way), callers
poll, and cached rows expire soon (``gateway.store.fresh.freshness``).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from typing import Any

from gateway.errors import StoreUnavailable
from gateway.store.clock import SET_EVERY, DatabaseClock
from gateway.store.fresh.freshness import Freshness
from gateway.store.fresh.notices import (
    EVERYTHING,
    Tag,
    accounts_tag,
    approvals_tag,
    integration_tags,
    message_tag,
    row_tag,
)
from gateway.store.mongo import Database, Document

POLL_SECONDS = 0.05
RETRY_SECONDS = 1.0

_COLLECTIONS = [
    "connections",
    "service_keys",
    "connector_rules",
    "cool_downs",
    "usage_rules",
    "policies",
    "approvals",
    "mcp_messages",
    "integrations",
    "tools",
]
_BOOKKEEPING = frozenset({"last_used_at", "refresh", "outbox"})
"""Fields of a connection that no answer depends on: their changes need no announcement."""
_RELEASES: Document = {
    "$and": [{"$eq": ["$$this.k", "refresh.owner"]}, {"$eq": ["$$this.v", None]}]
}
_IN_LEASE: list[Document] = [
    {"$and": [{"$eq": [{"$indexOfCP": ["$$this.k", "refresh."]}, 0]}, {"$not": [_RELEASES]}]},
    # The first claim adds so many fields that MongoDB reports the whole.
    {"$and": [{"$eq": ["$$this.k", "refresh"]}, {"$gt": ["$$this.v.owner", None]}]},
]
_NOISE: Document = {
    "operationType": "update",
    "updateDescription.removedFields": [],
    "$expr": {
        "$allElementsTrue": {
            "$map": {
                "input": {"$objectToArray": "$updateDescription.updatedFields"},
                "in": {"$or": [{"$eq": ["$$this.k", "last_used_at"]}, *_IN_LEASE]},
            }
        }
    },
}
"""A write that only records the use of a token, or a step of a refresh that goes on.

Most writes are of this kind, and they would wake callers that wait for the end of the refresh.
"""
_SESSION_ENDS: Document = {"ns.coll": "sessions", "operationType": "delete"}
_PIPELINE: list[Document] = [
    {"$match": {"$or": [{"ns.coll": {"$in": _COLLECTIONS}, "$nor": [_NOISE]}, _SESSION_ENDS]}}
]


class Watch:
    """Announces changes of connections, keys and rules. ``run`` is a task of the process."""

    def __init__(self, database: Database, freshness: Freshness | None = None) -> None:
        self._database = database
        self.freshness = freshness or Freshness()
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self.told = asyncio.Event()
        """Set while the stream is open."""

    @property
    def waiting(self) -> int:
        """The number of callers that wait for a row."""
        return sum(map(len, self._waiting.values()))

    async def run(self) -> None:
        """Follow the changes until cancelled."""
        while True:
            with contextlib.suppress(StoreUnavailable):
                await self._follow()
            self.told.clear()
            self.freshness.end()
            self._wake(*self._waiting)
            await asyncio.sleep(RETRY_SECONDS)

    async def changed(self, row: str, seconds: float) -> None:
        """Return when a connection or an approval has changed, or after ``seconds``.

        Without a stream, it returns sooner. Read the row before waiting *and* after: it may change
        in between.
        """
        if not self.told.is_set():
            await asyncio.sleep(min(seconds, POLL_SECONDS))
            return
        event = asyncio.Event()
        self._waiting[row].add(event)
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return
        finally:
            self._waiting[row].discard(event)
            if not self._waiting[row]:
                del self._waiting[row]

    async def _follow(self) -> None:
        async with self._database.watch(_PIPELINE) as changes:
            self.freshness.begin()
            self.told.set()
            self._database.notices.tell(EVERYTHING)  # of what changed before, nothing is known
            now, clock = self.freshness.now, await DatabaseClock.read(self._database)
            set_at = now()
            while True:
                asked = now()
                if asked - set_at >= SET_EVERY:
                    clock = await DatabaseClock.read(self._database)
                    set_at = asked
                change = await changes.next()
                if change is None:
                    self.freshness.sure_of(asked)
                    continue
                self._tell(change)
                # More changes may be outstanding: it proves nothing about the time after its own.
                if "wallTime" in change:  # from MongoDB 6 on
                    age = (clock() - change["wallTime"]).total_seconds()
                    if age >= 0:  # else the database's clock jumped ahead
                        self.freshness.sure_of(now() - age)

    def _tell(self, change: Document) -> None:
        if "documentKey" not in change:  # a collection was dropped or renamed
            self._database.notices.tell(EVERYTHING)
            self._wake(*self._waiting)
            return
        collection, row = change["ns"]["coll"], str(change["documentKey"]["_id"])
        if collection in {"connections", "approvals"}:
            self._wake(row)
        if not _is_bookkeeping(change):
            self._database.notices.tell(*_tags(collection, row, change.get("fullDocument")))

    def _wake(self, *rows: str) -> None:
        for row in rows:
            for event in self._waiting.get(row, ()):
                event.set()


def _is_bookkeeping(change: Document) -> bool:
    """Whether only fields changed that no answer depends on."""
    if change["operationType"] != "update":
        return False
    update: dict[str, Any] = change["updateDescription"]
    names = [*update["updatedFields"], *update["removedFields"]]
    names += [array["field"] for array in update.get("truncatedArrays") or ()]
    return all(name.partition(".")[0] in _BOOKKEEPING for name in names)


def _tags(collection: str, row: str, document: Document | None) -> list[Tag]:
    tags = [row_tag(collection, row)]
    if collection == "connections" and document is not None:  # inserted, or replaced
        tags.append(accounts_tag(document["tenant"], document["owner"], document["connector"]))
    if collection == "mcp_messages" and document is not None:
        tags.append(message_tag(document))
    if collection == "approvals" and document is not None:
        tags.append(approvals_tag(document["tenant"], document["user"]))
    if collection in {"integrations", "tools"}:  # their ids begin with the connector's name
        tags += integration_tags(row.partition("/")[0])
    return tags
